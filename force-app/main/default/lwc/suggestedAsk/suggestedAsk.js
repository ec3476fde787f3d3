import { LightningElement, api } from 'lwc';
import currency from '@salesforce/i18n/currency';
import locale from '@salesforce/i18n/locale';
import { format } from 'c/messages';
import title from '@salesforce/label/c.SuggestedAsk_Title';
import range from '@salesforce/label/c.SuggestedAsk_Range';
import none from '@salesforce/label/c.SuggestedAsk_None';

const MONEY = new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 });

/** The amount to ask for, the range that fits, and why. */
export default class SuggestedAsk extends LightningElement {
    @api ask;
    labels = { title, none };

    get amount() {
        return MONEY.format(this.ask.amount);
    }

    get range() {
        const { low, high } = this.ask;
        const isRange = low != null && high != null && low !== high;
        return isRange ? format(range, MONEY.format(low), MONEY.format(high)) : undefined;
    }
}
