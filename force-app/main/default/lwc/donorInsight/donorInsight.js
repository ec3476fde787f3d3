import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import insightFor from '@salesforce/apex/DonorProfileController.insightFor';
import { inReadersWords } from 'c/knownWords';
import { format } from 'c/messages';
import title from '@salesforce/label/c.DonorInsight_Title';
import loading from '@salesforce/label/c.DonorInsight_Loading';
import noProfile from '@salesforce/label/c.DonorInsight_NoProfile';
import optedOut from '@salesforce/label/c.DonorInsight_OptedOut';
import onTrial from '@salesforce/label/c.DonorInsight_OnTrial';
import notScored from '@salesforce/label/c.DonorInsight_NotScored';
import switchedOff from '@salesforce/label/c.DonorInsight_SwitchedOff';
import household from '@salesforce/label/c.DonorInsight_BasedOn_Household';
import individual from '@salesforce/label/c.DonorInsight_BasedOn_Individual';
import organization from '@salesforce/label/c.DonorInsight_BasedOn_Organization';
import whose from '@salesforce/label/c.DonorInsight_Whose';
import suggestedSegment from '@salesforce/label/c.DonorInsight_SuggestedSegment';
import recurringHealth from '@salesforce/label/c.DonorInsight_RecurringHealth';
import preferredChannel from '@salesforce/label/c.DonorInsight_PreferredChannel';
import closestCause from '@salesforce/label/c.DonorInsight_ClosestCause';
import needsReview from '@salesforce/label/c.DonorInsight_NeedsReview';
import segment from '@salesforce/label/c.DonorInsight_Segment';
import nextStep from '@salesforce/label/c.NextStep_Title';
import stepWaits from '@salesforce/label/c.DonorInsight_StepWaits';
import likelihoods from '@salesforce/label/c.DonorInsight_Likelihoods';
import alsoAsked from '@salesforce/label/c.DonorInsight_AlsoAsked';
import why from '@salesforce/label/c.DonorInsight_Why';
import confidence from '@salesforce/label/c.DonorInsight_Confidence';
import byRule from '@salesforce/label/c.DonorInsight_ByRule';
import disclaimer from '@salesforce/label/c.DonorInsight_Disclaimer';

const MESSAGES = { NoProfile: noProfile, OptedOut: optedOut, OnTrial: onTrial, NotScored: notScored, SwitchedOff: switchedOff };
const BASIS = { Household: household, Individual: individual, Organization: organization };

/** The donor insight card: asks the org for the insight of the record at hand and hands its parts to the screens below. */
export default class DonorInsight extends LightningElement {
    @api recordId;
    @api objectApiName;
    labels = {
        title,
        loading,
        needsReview,
        nextStep,
        stepWaits,
        closestCause,
        recurringHealth,
        preferredChannel,
        segment,
        likelihoods,
        alsoAsked,
        why,
        byRule,
        disclaimer
    };
    insight;
    error;
    wired;

    @wire(insightFor, { recordId: '$recordId' })
    receive(result) {
        this.wired = result;
        this.insight = result.data;
        this.error = result.error;
    }

    get isLoading() {
        return !this.insight && !this.error;
    }

    get isScored() {
        return this.insight?.state === 'Scored';
    }

    get message() {
        return this.insight && format(MESSAGES[this.insight.state], inReadersWords(this.insight.notScoredReason));
    }

    /** Whom “Score now” is about: also a Contact who has no profile yet, never one who is not to be scored. */
    get contactToScore() {
        const isNewContact = this.insight?.state === 'NoProfile' && this.objectApiName === 'Contact';
        return isNewContact ? this.recordId : this.isScored && this.insight.contactId;
    }

    /** On a household's or an organization's page the answer is about one person of it. */
    get whose() {
        const { contactName, givingUnitName } = this.insight;
        return this.objectApiName === 'Account' && format(whose, contactName, givingUnitName);
    }

    /** A suggestion that nobody approved yet counts nowhere, and is named as what it is. */
    get segment() {
        const { segmentLabel, choice } = this.insight;
        return segmentLabel ?? (choice.suggested && format(suggestedSegment, choice.suggestedLabel));
    }

    get basis() {
        return format(BASIS[this.insight.basis] ?? '', this.insight.givingUnitName);
    }

    get confidence() {
        return format(confidence, this.insight.confidenceLabel);
    }

    get closestCause() {
        return inReadersWords(this.insight.closestCause);
    }

    get isByRule() {
        return this.insight.method === 'Rule';
    }

    /** The reasons of the first question; the others stand in the profile's record. */
    get main() {
        return this.insight.outcomes?.[0];
    }

    get others() {
        return this.insight.outcomes?.slice(1) ?? [];
    }

    refresh() {
        return refreshApex(this.wired);
    }
}
