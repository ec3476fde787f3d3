import { LightningElement, api } from 'lwc';
import { inReadersWords } from 'c/knownWords';
import { format } from 'c/messages';
import title from '@salesforce/label/c.NextStep_Title';
import talkingPointsTitle from '@salesforce/label/c.NextStep_TalkingPoints';
import whoActs from '@salesforce/label/c.NextStep_WhoActs';

/** What to do next, what to say, and who is to do it by the administrator's rules. */
export default class NextStep extends LightningElement {
    @api step;
    @api talkingPoints;
    @api response;
    @api owner;
    labels = { title, talkingPointsTitle };

    get isAny() {
        return this.step || this.talkingPoints || this.response;
    }

    get whoActs() {
        return this.response && format(whoActs, [this.response, this.owner].filter(Boolean).map(inReadersWords).join(' · '));
    }
}
