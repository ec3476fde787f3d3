import { LightningElement, api } from 'lwc';
import give from '@salesforce/apex/FeedbackController.give';
import question from '@salesforce/label/c.AnswerFeedback_Question';
import yes from '@salesforce/label/c.AnswerFeedback_Yes';
import no from '@salesforce/label/c.AnswerFeedback_No';
import useful from '@salesforce/label/c.AnswerFeedback_Useful';
import notUseful from '@salesforce/label/c.AnswerFeedback_NotUseful';
import thanks from '@salesforce/label/c.AnswerFeedback_Thanks';
import again from '@salesforce/label/c.AnswerFeedback_Again';

/** Was the answer useful? Each time is kept on its own, with what was on the card. */
export default class AnswerFeedback extends LightningElement {
    labels = { question, yes, no, thanks, again };
    choice;
    isThanked = false;
    isSaving = false;
    error;
    _profileId;

    @api
    get profileId() {
        return this._profileId;
    }
    set profileId(value) {
        this._profileId = value;
        this.reset();
    }

    get heading() {
        return this.choice === 'yes' ? useful : notUseful;
    }

    get yesVariant() {
        return this.choice === 'yes' ? 'brand' : 'neutral';
    }

    get noVariant() {
        return this.choice === 'no' ? 'brand' : 'neutral';
    }

    choose(event) {
        this.choice = event.currentTarget.dataset.action;
    }

    backToThumbs() {
        this.reset();
        return this.focusOn('yes');
    }

    async save(event) {
        const { profileId } = this;
        this.isSaving = true;
        this.error = undefined;
        try {
            await give({ profileId, useful: this.choice === 'yes', ...event.detail });
            if (profileId === this.profileId) {
                this.reset();
                this.isThanked = true;
                await this.focusOn('again');
            }
        } catch (problem) {
            if (profileId === this.profileId) {
                this.error = problem;
            }
        } finally {
            this.isSaving = false;
        }
    }

    reset() {
        this.choice = undefined;
        this.isThanked = false;
        this.error = undefined;
    }

    /** The button that had the focus is gone after the next render: the keyboard stays here. */
    async focusOn(action) {
        await Promise.resolve();
        this.template.querySelector(`[data-action="${action}"]`)?.focus();
    }
}
