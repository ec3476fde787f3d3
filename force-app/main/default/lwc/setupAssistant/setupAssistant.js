import { LightningElement } from 'lwc';
import checkNow from '@salesforce/apex/SetupController.check';
import startNow from '@salesforce/apex/SetupController.start';
import { format } from 'c/messages';
import { progressOf, tilesOf } from 'c/setupSteps';
import title from '@salesforce/label/c.SetupAssistant_Title';
import intro from '@salesforce/label/c.SetupAssistant_Intro';
import again from '@salesforce/label/c.SetupAssistant_Again';
import loading from '@salesforce/label/c.SetupAssistant_Loading';
import progress from '@salesforce/label/c.SetupAssistant_Progress';
import notStarted from '@salesforce/label/c.SetupAssistant_NotStarted';

/** Tries each step of the set-up as often as somebody looks; only the button of a step changes anything. */
export default class SetupAssistant extends LightningElement {
    labels = { title, intro, again, loading };
    found;
    error;
    said;
    isBusy = false;

    connectedCallback() {
        return this.check();
    }

    get tiles() {
        return tilesOf(this.found);
    }

    check() {
        return this.during(() => this.look());
    }

    start() {
        return this.during(async () => {
            const isStarted = await startNow();
            await this.look();
            this.said = isStarted ? this.said : notStarted;
        });
    }

    async look() {
        this.found = await checkNow();
        const { done, all } = progressOf(this.found);
        this.said = format(progress, done, all);
    }

    async during(work) {
        this.isBusy = true;
        this.error = undefined;
        this.said = undefined;
        try {
            await work();
        } catch (problem) {
            this.error = problem;
        }
        this.isBusy = false;
    }
}
