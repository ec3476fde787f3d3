import { LightningElement, api, wire } from 'lwc';
import { getPicklistValues } from 'lightning/uiObjectInfoApi';
import { entered } from 'c/formFields';
import ABOUT from '@salesforce/schema/AI_Feedback__c.About__c';
import CONTACT_OUTCOME from '@salesforce/schema/AI_Feedback__c.Contact_Outcome__c';
import about from '@salesforce/label/c.FeedbackForm_About';
import outcome from '@salesforce/label/c.FeedbackForm_Outcome';
import note from '@salesforce/label/c.FeedbackForm_Note';
import send from '@salesforce/label/c.FeedbackForm_Send';

// The record type of objects that have none.
const MASTER_RECORD_TYPE = '012000000000000AAA';
const optionsOf = (data) => (data?.values ?? []).map(({ label, value }) => ({ label, value }));

/** Which part of the answer, what came of the contact, and a note; all optional. Fires `send` with what was entered, or `cancel`. */
export default class FeedbackForm extends LightningElement {
    @api heading;
    @api isSaving = false;
    @api error;
    labels = { about, outcome, note, send };
    aboutOptions = [];
    outcomeOptions = [];

    @wire(getPicklistValues, { recordTypeId: MASTER_RECORD_TYPE, fieldApiName: ABOUT })
    receiveParts({ data }) {
        this.aboutOptions = optionsOf(data);
    }

    @wire(getPicklistValues, { recordTypeId: MASTER_RECORD_TYPE, fieldApiName: CONTACT_OUTCOME })
    receiveOutcomes({ data }) {
        this.outcomeOptions = optionsOf(data);
    }

    send() {
        const detail = entered(this.template);
        if (detail) {
            this.dispatchEvent(new CustomEvent('send', { detail }));
        }
    }

    cancel() {
        this.dispatchEvent(new CustomEvent('cancel'));
    }
}
