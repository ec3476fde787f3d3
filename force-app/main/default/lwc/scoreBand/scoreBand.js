import { LightningElement, api } from 'lwc';
import { likelihoodOf, questionOf } from 'c/questions';

/** One question and its answer: the band in words first, then the score and the rank. */
export default class ScoreBand extends LightningElement {
    @api outcome;

    get question() {
        return questionOf(this.outcome.key);
    }

    get detail() {
        return likelihoodOf(this.outcome);
    }

    get barStyle() {
        return `width: ${Math.min(100, Math.max(0, this.outcome.score))}%`;
    }
}
