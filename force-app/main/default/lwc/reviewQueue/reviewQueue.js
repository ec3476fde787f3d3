import { LightningElement, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import queue from '@salesforce/apex/ReviewQueueController.queue';
import approve from '@salesforce/apex/ReviewQueueController.approve';
import { dayOf } from 'c/display';
import { format } from 'c/messages';
import title from '@salesforce/label/c.ReviewQueue_Title';
import meaning from '@salesforce/label/c.ReviewQueue_Meaning';
import loading from '@salesforce/label/c.ReviewQueue_Loading';
import switchedOff from '@salesforce/label/c.DonorInsight_SwitchedOff';
import named from '@salesforce/label/c.ReviewQueue_Named';
import every from '@salesforce/label/c.ReviewQueue_Every';
import nothing from '@salesforce/label/c.ReviewQueue_Nothing';
import waiting from '@salesforce/label/c.ReviewQueue_Waiting';
import onlyLook from '@salesforce/label/c.ReviewQueue_OnlyLook';
import chooseAll from '@salesforce/label/c.ReviewQueue_ChooseAll';
import approveChosen from '@salesforce/label/c.ReviewQueue_ApproveChosen';
import confirm from '@salesforce/label/c.ReviewQueue_Confirm';
import yes from '@salesforce/label/c.ReviewQueue_Yes';
import approved from '@salesforce/label/c.ReviewQueue_Approved';
import changed from '@salesforce/label/c.ReviewQueue_Changed';
import decidedTitle from '@salesforce/label/c.ReviewQueue_DecidedTitle';
import decided from '@salesforce/label/c.ReviewItem_Decided';
import more from '@salesforce/label/c.Portfolio_More';

const PAGE = 20;

/** Suggestions that wait for a person: asks the org for them, approves one or, once confirmed, several, and shows what was decided lately. */
export default class ReviewQueue extends LightningElement {
    labels = { title, meaning, loading, switchedOff, every, nothing, onlyLook, chooseAll, yes, decidedTitle, more };
    isEvery = false;
    queue;
    error;
    wired;
    skipped = new Set();
    chosen = new Set();
    shown = PAGE;
    isConfirming = false;
    isSaving = false;

    @wire(queue, { every: '$isEvery' })
    receive(result) {
        this.wired = result;
        this.queue = result.data;
        this.error = result.error;
    }

    get isLoading() {
        return !this.queue && !this.error;
    }

    get isSwitchedOff() {
        return this.queue?.switchedOff === true;
    }

    get left() {
        return this.queue.waiting.filter((item) => !this.skipped.has(item.profileId));
    }

    get items() {
        return this.left.slice(0, this.shown).map((item) => ({ ...item, isChosen: this.chosen.has(item.profileId) }));
    }

    get isNothing() {
        return !this.left.length;
    }

    get hasMore() {
        return this.left.length > this.shown;
    }

    get namedText() {
        return format(named, this.queue.segmentLabels.join(', '));
    }

    get waitingText() {
        return format(waiting, this.left.length);
    }

    get chosenItems() {
        return this.items.filter((item) => item.isChosen);
    }

    get approveText() {
        return format(approveChosen, this.chosenItems.length);
    }

    get confirmText() {
        return format(confirm, this.chosenItems.length);
    }

    get cannotApprove() {
        return this.isSaving || !this.chosenItems.length;
    }

    get isAllChosen() {
        return this.items.length > 0 && this.items.every((item) => item.isChosen);
    }

    get decisions() {
        return this.queue.decided.map((item) => ({
            key: item.profileId,
            text: `${item.donor}: ${format(decided, item.approvedLabel, item.approvedBy, dayOf(item.approvedAt))}`
        }));
    }

    showEvery(event) {
        this.isEvery = event.target.checked;
    }

    choose(event) {
        const { profileId, isChosen } = event.detail;
        const chosen = new Set(this.chosen);
        chosen[isChosen ? 'add' : 'delete'](profileId);
        this.chosen = chosen;
    }

    chooseAllShown(event) {
        this.chosen = new Set(event.target.checked ? this.items.map((item) => item.profileId) : []);
    }

    skip(event) {
        this.skipped = new Set([...this.skipped, event.detail]);
        return this.focusOn('.waiting');
    }

    showMore() {
        this.shown += PAGE;
    }

    askFirst() {
        this.isConfirming = true;
        return this.focusOn('c-form-buttons');
    }

    dismiss() {
        this.isConfirming = false;
        return this.focusOn('[data-action="approve"]');
    }

    approveOne(event) {
        return this.store([event.detail]);
    }

    approveChosen() {
        return this.store(this.chosenItems);
    }

    /** What was on the screen goes along: a suggestion that has changed since is not approved unseen. */
    async store(items) {
        const seen = Object.fromEntries(items.map((item) => [item.profileId, item.suggested]));
        this.isSaving = true;
        this.error = undefined;
        try {
            const count = await approve({ seen });
            const isAll = count === items.length;
            const message = format(isAll ? approved : changed, count, items.length - count);
            this.dispatchEvent(new ShowToastEvent({ title: message, variant: isAll ? 'success' : 'warning' }));
            this.chosen = new Set();
            await this.refresh();
        } catch (problem) {
            this.error = problem;
        } finally {
            this.isSaving = false;
            this.isConfirming = false;
        }
        await this.focusOn('.waiting');
    }

    refresh() {
        return refreshApex(this.wired);
    }

    /** What had the focus is gone after the next render: the keyboard stays here. */
    async focusOn(selector) {
        await Promise.resolve();
        this.template.querySelector(selector)?.focus();
    }
}
