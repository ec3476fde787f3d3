trigger DonorProfileTrigger on AI_Donor_Profile__c(before insert, before update) {
    OverrideStamp.stamp(Trigger.new, Trigger.oldMap);
}
