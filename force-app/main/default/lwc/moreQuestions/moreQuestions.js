import { LightningElement, api } from 'lwc';
import { format } from 'c/messages';
import { likelihoodOf, questionOf } from 'c/questions';
import title from '@salesforce/label/c.MoreQuestions_Title';

/** The further questions that apply to a donor, a line each, folded away until somebody wants them. */
export default class MoreQuestions extends LightningElement {
    @api outcomes = [];

    get isAny() {
        return this.outcomes?.length > 0;
    }

    get title() {
        return format(title, this.outcomes.length);
    }

    get lines() {
        return this.outcomes.map((outcome) => ({
            key: outcome.key,
            question: questionOf(outcome.key),
            band: outcome.bandLabel,
            detail: likelihoodOf(outcome),
            why: [...(outcome.helps ?? []).slice(0, 1), ...(outcome.holdsBack ?? []).slice(0, 1)].join(' · ')
        }));
    }
}
