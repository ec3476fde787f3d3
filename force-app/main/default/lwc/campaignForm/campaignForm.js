import { LightningElement, api, wire } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import campaigns from '@salesforce/apex/PortfolioController.campaigns';
import addToCampaign from '@salesforce/apex/PortfolioController.addToCampaign';
import { format } from 'c/messages';
import heading from '@salesforce/label/c.CampaignForm_Heading';
import search from '@salesforce/label/c.CampaignForm_Search';
import campaign from '@salesforce/label/c.CampaignForm_Campaign';
import none from '@salesforce/label/c.CampaignForm_None';
import add from '@salesforce/label/c.CampaignForm_Add';
import added from '@salesforce/label/c.CampaignForm_Added';

/** Puts donors into a campaign. Fires `done` once they are in it, or `cancel`. */
export default class CampaignForm extends LightningElement {
    @api donors = [];
    labels = { search, campaign, none, add };
    part = '';
    options;
    campaignId;
    isSaving = false;
    error;

    @wire(campaigns, { part: '$part' })
    receive({ data, error }) {
        this.options = data?.map(({ Id, Name }) => ({ label: Name, value: Id }));
        this.error = error;
    }

    get heading() {
        return format(heading, this.donors.length);
    }

    get isNone() {
        return this.options?.length === 0;
    }

    get isNonePicked() {
        return !this.campaignId;
    }

    renderedCallback() {
        if (!this.isEntered) {
            this.isEntered = true;
            this.template.querySelector('lightning-input').focus();
        }
    }

    find(event) {
        this.part = event.target.value ?? '';
        this.campaignId = undefined;
    }

    pick(event) {
        this.campaignId = event.detail.value;
    }

    async save() {
        this.isSaving = true;
        this.error = undefined;
        try {
            const contactIds = this.donors.map((donor) => donor.contactId);
            const count = await addToCampaign({ contactIds, campaignId: this.campaignId });
            const title = format(added, count, this.donors.length - count);
            this.dispatchEvent(new ShowToastEvent({ title, variant: 'success' }));
            this.dispatchEvent(new CustomEvent('done'));
        } catch (problem) {
            this.error = problem;
        } finally {
            this.isSaving = false;
        }
    }

    cancel() {
        this.dispatchEvent(new CustomEvent('cancel'));
    }
}
