import { LightningElement, api } from 'lwc';
import cancelLabel from '@salesforce/label/c.FormButtons_Cancel';
import saving from '@salesforce/label/c.FormButtons_Saving';

/**
 * How a form ends: one button that does it, one that leaves it, a spinner while the org is asked, and what the org refused.
 * Fires `save` and `cancel`; without a label there is only the way out.
 */
export default class FormButtons extends LightningElement {
    @api heading;
    @api label;
    @api cancelLabel = cancelLabel;
    @api isDisabled = false;
    @api isSaving = false;
    @api error;
    labels = { saving };

    @api
    focus() {
        this.template.querySelector('lightning-button').focus();
    }

    get cannotSave() {
        return this.isSaving || this.isDisabled;
    }

    save() {
        this.dispatchEvent(new CustomEvent('save'));
    }

    cancel() {
        this.dispatchEvent(new CustomEvent('cancel'));
    }
}
