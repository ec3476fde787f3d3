import { LightningElement, api } from 'lwc';
import { reduceErrors } from 'c/messages';

/** What went wrong, in the words the org gave. */
export default class ErrorPanel extends LightningElement {
    @api error;

    get messages() {
        return reduceErrors(this.error);
    }
}
