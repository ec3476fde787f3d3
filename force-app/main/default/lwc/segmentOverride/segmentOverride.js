import { LightningElement, api, wire } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { getPicklistValues } from 'lightning/uiObjectInfoApi';
import overrideSegment from '@salesforce/apex/DonorProfileController.overrideSegment';
import changeSegment from '@salesforce/apex/ReviewQueueController.changeSegment';
import removeOverride from '@salesforce/apex/DonorProfileController.removeOverride';
import OVERRIDE_SEGMENT from '@salesforce/schema/AI_Donor_Profile__c.Override_Segment__c';
import canOverride from '@salesforce/customPermission/AI_Override_Segment';
import { entered } from 'c/formFields';
import { format } from 'c/messages';
import open from '@salesforce/label/c.SegmentOverride_Open';
import title from '@salesforce/label/c.SegmentOverride_Title';
import segment from '@salesforce/label/c.SegmentOverride_Segment';
import reason from '@salesforce/label/c.SegmentOverride_Reason';
import until from '@salesforce/label/c.SegmentOverride_Until';
import save from '@salesforce/label/c.SegmentOverride_Save';
import remove from '@salesforce/label/c.SegmentOverride_Remove';
import chosenBy from '@salesforce/label/c.SegmentOverride_ChosenBy';
import suggested from '@salesforce/label/c.SegmentOverride_Suggested';
import forHousehold from '@salesforce/label/c.ReviewItem_ForHousehold';
import saved from '@salesforce/label/c.SegmentOverride_Saved';
import removed from '@salesforce/label/c.SegmentOverride_Removed';

// The record type of objects that have none.
const MASTER_RECORD_TYPE = '012000000000000AAA';

/**
 * Shows a person's choice of segment, and lets those who may make or remove one. Fires `overridechange` once it is saved;
 * not `change`, which every keystroke in the form fires too.
 */
export default class SegmentOverride extends LightningElement {
    @api profileId;
    @api choice;
    /** Where a suggestion of a whole household is looked at: the choice then counts for all who share it. */
    @api isForHousehold = false;
    labels = { open, title, segment, reason, until, save, remove, forHousehold };
    canOverride = canOverride;
    isOpen = false;
    isSaving = false;
    error;
    options = [];

    @wire(getPicklistValues, { recordTypeId: MASTER_RECORD_TYPE, fieldApiName: OVERRIDE_SEGMENT })
    receiveSegments({ data }) {
        this.options = (data?.values ?? []).map(({ label, value }) => ({ label, value }));
    }

    get chosenText() {
        return format(chosenBy, this.choice.byWhom, this.choice.reason);
    }

    get suggestedText() {
        return format(suggested, this.choice.suggestedLabel);
    }

    openForm() {
        this.isOpen = true;
    }

    closeForm() {
        this.isOpen = false;
        this.error = undefined;
    }

    async saveForm() {
        const choice = entered(this.template);
        if (choice) {
            const change = this.isForHousehold ? changeSegment : overrideSegment;
            await this.store(() => change({ profileId: this.profileId, ...choice }), saved);
        }
    }

    async removeChoice() {
        await this.store(() => removeOverride({ profileId: this.profileId }), removed);
    }

    async store(action, message) {
        this.isSaving = true;
        this.error = undefined;
        try {
            await action();
            this.isOpen = false;
            this.dispatchEvent(new ShowToastEvent({ title: message, variant: 'success' }));
            this.dispatchEvent(new CustomEvent('overridechange'));
        } catch (problem) {
            this.error = problem;
        } finally {
            this.isSaving = false;
        }
    }
}
