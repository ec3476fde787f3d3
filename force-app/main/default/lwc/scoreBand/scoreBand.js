import { LightningElement, api } from 'lwc';
import { format } from 'c/messages';
import propensity from '@salesforce/label/c.ScoreBand_Propensity';
import lapseRisk from '@salesforce/label/c.ScoreBand_Lapse_Risk';
import upgrade from '@salesforce/label/c.ScoreBand_Upgrade';
import majorGift from '@salesforce/label/c.ScoreBand_Major_Gift';
import outOf100 from '@salesforce/label/c.ScoreBand_OutOf100';
import top from '@salesforce/label/c.ScoreBand_Top';

const QUESTIONS = { Propensity: propensity, Lapse_Risk: lapseRisk, Upgrade: upgrade, Major_Gift: majorGift };

/** One question and its answer: the band in words first, then the score and the rank. */
export default class ScoreBand extends LightningElement {
    @api outcome;

    get question() {
        return QUESTIONS[this.outcome.key] ?? this.outcome.key;
    }

    get detail() {
        const share = format(outOf100, Math.round(this.outcome.score));
        return this.outcome.rank ? `${share} · ${format(top, this.outcome.rank)}` : share;
    }

    get barStyle() {
        return `width: ${Math.min(100, Math.max(0, this.outcome.score))}%`;
    }
}
