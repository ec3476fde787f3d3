trigger GivingChangeTrigger on AI_Giving_Change__e(after insert) {
    GivingChangeSubscriber.take(Trigger.new, EventBus.TriggerContext.currentContext().retries);
}
