import { LightningElement, api, wire } from 'lwc';
import { getPicklistValues } from 'lightning/uiObjectInfoApi';
import SEGMENT from '@salesforce/schema/AI_Donor_Profile__c.Segment__c';
import BAND from '@salesforce/schema/AI_Donor_Profile__c.Propensity_Band__c';
import { QUESTIONS } from 'c/questions';
import title from '@salesforce/label/c.PortfolioFilters_Title';
import segment from '@salesforce/label/c.DonorInsight_Segment';
import band from '@salesforce/label/c.PortfolioFilters_Band';
import priority from '@salesforce/label/c.PortfolioFilters_Priority';
import thisWeek from '@salesforce/label/c.PortfolioFilters_ThisWeek';
import stale from '@salesforce/label/c.PortfolioFilters_Stale';
import mine from '@salesforce/label/c.PortfolioFilters_Mine';
import all from '@salesforce/label/c.PortfolioFilters_All';

// The record type of objects that have none.
const MASTER_RECORD_TYPE = '012000000000000AAA';
const ALL = { label: all, value: '' };
const optionsOf = (data) => [ALL, ...(data?.values ?? []).map(({ label, value }) => ({ label, value }))];

/** What narrows a list of donors. Fires `narrow` with what was changed. */
export default class PortfolioFilters extends LightningElement {
    @api filter;
    labels = { title, segment, band, priority, thisWeek, stale, mine };
    segments = [ALL];
    bands = [ALL];
    priorities = [ALL, ...QUESTIONS.map((one) => ({ label: one.label, value: one.title }))];

    @wire(getPicklistValues, { recordTypeId: MASTER_RECORD_TYPE, fieldApiName: SEGMENT })
    receiveSegments({ data }) {
        this.segments = optionsOf(data);
    }

    @wire(getPicklistValues, { recordTypeId: MASTER_RECORD_TYPE, fieldApiName: BAND })
    receiveBands({ data }) {
        this.bands = optionsOf(data);
    }

    get values() {
        const { segment: kind = '', band: likelihood = '', priority: first = '' } = this.filter;
        return { segment: kind, band: likelihood, priority: first };
    }

    pick(event) {
        this.fire(event.target.dataset.field, event.detail.value || undefined);
    }

    tick(event) {
        this.fire(event.target.dataset.field, event.target.checked);
    }

    fire(field, value) {
        this.dispatchEvent(new CustomEvent('narrow', { detail: { [field]: value } }));
    }
}
