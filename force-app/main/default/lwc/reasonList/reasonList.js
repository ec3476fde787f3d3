import { LightningElement, api } from 'lwc';
import helpsHeading from '@salesforce/label/c.ReasonList_Helps';
import holdsBackHeading from '@salesforce/label/c.ReasonList_HoldsBack';
import nothing from '@salesforce/label/c.ReasonList_None';

/** What helps and what holds back, side by side, in the donor's own numbers. */
export default class ReasonList extends LightningElement {
    @api helps = [];
    @api holdsBack = [];
    nothing = nothing;

    get sides() {
        return [
            this.side('helps', helpsHeading, 'utility:up', this.helps),
            this.side('holdsBack', holdsBackHeading, 'utility:down', this.holdsBack)
        ];
    }

    side(key, heading, icon, reasons) {
        return { key, heading, icon, reasons, isEmpty: !reasons?.length };
    }
}
