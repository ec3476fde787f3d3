import { LightningElement } from 'lwc';
import healthNow from '@salesforce/apex/HealthController.health';
import connectionProblem from '@salesforce/apex/HealthController.connectionProblem';
import sendAgain from '@salesforce/apex/HealthController.sendAgain';
import { tilesOf } from 'c/healthTiles';
import { format } from 'c/messages';
import title from '@salesforce/label/c.HealthPanel_Title';
import loading from '@salesforce/label/c.HealthPanel_Loading';
import refresh from '@salesforce/label/c.HealthPanel_Refresh';
import sent from '@salesforce/label/c.HealthPanel_Sent';

/** The administrator's look at the scores: what the org knows first, the scoring service's own answer as soon as it comes. */
export default class HealthPanel extends LightningElement {
    labels = { title, loading, refresh };
    health;
    connection;
    error;
    said;
    isLoading = false;
    isSending = false;

    connectedCallback() {
        return this.load();
    }

    get tiles() {
        return tilesOf(this.health, this.connection);
    }

    async load() {
        this.isLoading = true;
        this.error = undefined;
        this.connection = undefined;
        try {
            this.health = await healthNow();
            this.isLoading = false;
            this.connection = this.health.realTime ? { problem: await connectionProblem() } : undefined;
        } catch (problem) {
            this.error = problem;
        }
        this.isLoading = false;
    }

    async sendAgain() {
        this.isSending = true;
        this.said = undefined;
        try {
            this.said = format(sent, await sendAgain());
            await this.load();
        } catch (problem) {
            this.error = problem;
        }
        this.isSending = false;
    }
}
