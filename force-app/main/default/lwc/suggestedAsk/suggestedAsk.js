import { LightningElement, api } from 'lwc';
import currency from '@salesforce/i18n/currency';
import title from '@salesforce/label/c.SuggestedAsk_Title';
import range from '@salesforce/label/c.SuggestedAsk_Range';
import and from '@salesforce/label/c.SuggestedAsk_And';
import none from '@salesforce/label/c.SuggestedAsk_None';

/** The amount to ask for, the range that fits, and why. */
export default class SuggestedAsk extends LightningElement {
    @api ask;
    currency = currency;
    labels = { title, range, and, none };

    get hasRange() {
        return this.ask.low != null && this.ask.high != null && this.ask.low !== this.ask.high;
    }
}
