import { LightningElement, api } from 'lwc';
import ask from '@salesforce/apex/ScoreNowController.ask';
import isAnswered from '@salesforce/apex/ScoreNowController.isAnswered';
import canAsk from '@salesforce/customPermission/AI_Rescore';
import button from '@salesforce/label/c.ScoreNow_Button';
import waiting from '@salesforce/label/c.ScoreNow_Waiting';
import done from '@salesforce/label/c.ScoreNow_Done';
import later from '@salesforce/label/c.ScoreNow_Later';

const PAUSE = 3000;
const LOOKS = 20; // a minute in all

/** Asks for a fresh answer, waits for it up to a minute, and fires `rescored` once it is there. */
export default class ScoreNow extends LightningElement {
    label = button;
    canAsk = canAsk;
    isWaiting = false;
    message;
    error;
    _contactId;
    _timer;

    /** Another donor on the same page: what was asked before is none of its business. */
    @api
    get contactId() {
        return this._contactId;
    }
    set contactId(value) {
        this._contactId = value;
        this.finish();
    }

    get canShow() {
        return this.canAsk && this.contactId;
    }

    disconnectedCallback() {
        this.finish();
    }

    async start() {
        this.finish(waiting);
        this.isWaiting = true;
        await this.attempt(async (contactId) => {
            const asked = await ask({ contactId });
            this.lookLater({ contactId, asked }, LOOKS);
        });
    }

    lookLater(question, looks) {
        if (question.contactId === this.contactId && this.isWaiting) {
            // eslint-disable-next-line @lwc/lwc/no-async-operation -- the answer comes from outside the org; ended on disconnect
            this._timer = setTimeout(() => this.look(question, looks - 1), PAUSE);
        }
    }

    look(question, looks) {
        return this.attempt(async (contactId) => {
            const isThere = await isAnswered(question);
            if (contactId !== this.contactId || !this.isWaiting) {
                return;
            }
            if (isThere) {
                this.finish(done);
                this.dispatchEvent(new CustomEvent('rescored'));
            } else if (looks) {
                this.lookLater(question, looks);
            } else {
                this.finish(later);
            }
        });
    }

    async attempt(action) {
        const { contactId } = this;
        try {
            await action(contactId);
        } catch (problem) {
            if (contactId === this.contactId) {
                this.finish();
                this.error = problem;
            }
        }
    }

    finish(message) {
        clearTimeout(this._timer);
        this.isWaiting = false;
        this.message = message;
        this.error = undefined;
    }
}
