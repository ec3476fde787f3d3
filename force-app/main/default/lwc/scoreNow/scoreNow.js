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

// eslint-disable-next-line @lwc/lwc/no-async-operation -- the answer comes from outside the org, and nothing tells the page
const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE));

/** Asks for a fresh answer, waits for it up to a minute, and fires `rescored` once it is there. */
export default class ScoreNow extends LightningElement {
    label = button;
    canAsk = canAsk;
    message;
    error;
    _contactId;
    _question;

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

    get isWaiting() {
        return Boolean(this._question);
    }

    disconnectedCallback() {
        this.finish();
    }

    async start() {
        const question = { contactId: this.contactId };
        this.finish(waiting);
        this._question = question;
        try {
            const isThere = await this.waitFor(question);
            if (this.isOpen(question)) {
                this.finish(isThere ? done : later);
                if (isThere) {
                    this.dispatchEvent(new CustomEvent('rescored'));
                }
            }
        } catch (problem) {
            if (this.isOpen(question)) {
                this.finish();
                this.error = problem;
            }
        }
    }

    async waitFor(question) {
        question.asked = await ask({ contactId: question.contactId });
        return this.isThere(question, LOOKS);
    }

    async isThere(question, looks) {
        if (!looks || !this.isOpen(question)) {
            return false;
        }
        await pause();
        return this.isOpen(question) && ((await isAnswered(question)) || this.isThere(question, looks - 1));
    }

    /** Not once the page has turned to another donor or is closed. */
    isOpen(question) {
        return question === this._question;
    }

    finish(message) {
        this._question = undefined;
        this.message = message;
        this.error = undefined;
    }
}
