import { LightningElement, api } from 'lwc';
import { money } from 'c/display';
import { format } from 'c/messages';
import title from '@salesforce/label/c.SuggestedAsk_Title';
import range from '@salesforce/label/c.SuggestedAsk_Range';
import none from '@salesforce/label/c.SuggestedAsk_None';

/** The amount to ask for, the range that fits, and why. */
export default class SuggestedAsk extends LightningElement {
    @api ask;
    labels = { title, none };

    get amount() {
        return money(this.ask.amount);
    }

    get range() {
        const { low, high } = this.ask;
        const isRange = low != null && high != null && low !== high;
        return isRange ? format(range, money(low), money(high)) : undefined;
    }
}
