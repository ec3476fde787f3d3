import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import suggestedTask from '@salesforce/apex/PortfolioController.suggestedTask';
import saveTask from '@salesforce/apex/PortfolioController.saveTask';
import logTasks from '@salesforce/apex/PortfolioController.logTasks';
import { today } from 'c/display';
import { entered } from 'c/formFields';
import { format } from 'c/messages';
import planOne from '@salesforce/label/c.TaskForm_PlanOne';
import callOne from '@salesforce/label/c.TaskForm_CallOne';
import planMany from '@salesforce/label/c.TaskForm_PlanMany';
import many from '@salesforce/label/c.TaskForm_Many';
import subject from '@salesforce/label/c.TaskForm_Subject';
import note from '@salesforce/label/c.TaskForm_Note';
import due from '@salesforce/label/c.TaskForm_Due';
import made from '@salesforce/label/c.TaskForm_Made';
import save from '@salesforce/label/c.SegmentOverride_Save';
import saved from '@salesforce/label/c.TaskForm_Saved';

/**
 * For one donor a task to plan, or a call that was made, with the suggested next step filled in; for several a task each.
 * Fires `done` once it is saved, or `cancel`.
 */
export default class TaskForm extends LightningElement {
    @api donors = [];
    @api isCall = false;
    labels = { many, subject, note, save };
    suggestion;
    isSaving = false;
    error;

    get isOne() {
        return this.donors.length === 1;
    }

    get heading() {
        if (!this.isOne) {
            return format(planMany, this.donors.length);
        }
        return format(this.isCall ? callOne : planOne, this.donors[0].donor);
    }

    get dateLabel() {
        return this.isCall ? made : due;
    }

    get date() {
        return this.isCall ? today() : this.suggestion.due;
    }

    get isNotReady() {
        return this.isOne && !this.suggestion;
    }

    async connectedCallback() {
        if (this.isOne) {
            try {
                this.suggestion = await suggestedTask({ profileId: this.donors[0].profileId });
            } catch (problem) {
                this.error = problem;
            }
        }
    }

    renderedCallback() {
        const first = this.template.querySelector(this.isOne ? '[data-field]' : 'c-form-buttons');
        if (first && !this.isEntered) {
            this.isEntered = true;
            first.focus();
        }
    }

    async save() {
        const task = entered(this.template);
        if (!task) {
            return;
        }
        this.isSaving = true;
        this.error = undefined;
        try {
            const count = await this.store(task);
            this.dispatchEvent(new ShowToastEvent({ title: format(saved, count), variant: 'success' }));
            this.dispatchEvent(new CustomEvent('done'));
        } catch (problem) {
            this.error = problem;
        } finally {
            this.isSaving = false;
        }
    }

    async store(task) {
        if (!this.isOne) {
            return logTasks({ profileIds: this.donors.map((donor) => donor.profileId) });
        }
        await saveTask({ profileId: this.donors[0].profileId, task: { ...task, isCallMade: this.isCall } });
        return 1;
    }

    cancel() {
        this.dispatchEvent(new CustomEvent('cancel'));
    }
}
