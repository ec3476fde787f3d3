import { LightningElement, api } from 'lwc';

/** A word about the donor under its heading, and where it comes from; nothing where there is none. */
export default class ReasonedFact extends LightningElement {
    @api heading;
    @api fact;
}
