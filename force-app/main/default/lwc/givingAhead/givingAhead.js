import { LightningElement, api } from 'lwc';
import { days, money } from 'c/display';
import { inReadersWords } from 'c/knownWords';
import { format } from 'c/messages';
import title from '@salesforce/label/c.GivingAhead_Title';
import nextGift from '@salesforce/label/c.GivingAhead_NextGift';
import expected from '@salesforce/label/c.GivingAhead_Expected';
import contact from '@salesforce/label/c.GivingAhead_Contact';
import oneYear from '@salesforce/label/c.GivingAhead_OneYear';
import years from '@salesforce/label/c.GivingAhead_Years';
import range from '@salesforce/label/c.GivingAhead_Range';
import caveat from '@salesforce/label/c.GivingAhead_Caveat';

/** The next gift, when to be in touch, and what giving may come to in the years ahead, each with the range to expect. */
export default class GivingAhead extends LightningElement {
    @api ahead;
    labels = { title, nextGift, caveat };

    get expectedText() {
        const { nextGiftFrom, nextGiftUntil } = this.ahead;
        return nextGiftFrom && format(expected, days(nextGiftFrom, nextGiftUntil));
    }

    get contactText() {
        const { contactFrom, contactUntil } = this.ahead;
        return contactFrom && format(contact, days(contactFrom, contactUntil));
    }

    get reason() {
        return inReadersWords(this.ahead.reason);
    }

    get amounts() {
        const next = { ...this.ahead.nextGift, name: nextGift };
        const lifetime = this.ahead.lifetime.map((one) => ({
            ...one,
            name: one.years === 1 ? oneYear : format(years, one.years)
        }));
        return [next, ...lifetime].filter((one) => one.amount != null).map(this.line);
    }

    line({ name, amount, low, high }) {
        const isRange = low != null && high != null && low !== high;
        return { name, amount: money(amount), range: isRange ? format(range, money(low), money(high)) : undefined };
    }
}
