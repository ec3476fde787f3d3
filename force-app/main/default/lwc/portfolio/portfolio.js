import { LightningElement } from 'lwc';
import page from '@salesforce/apex/PortfolioController.page';
import { format } from 'c/messages';
import title from '@salesforce/label/c.Portfolio_Title';
import order from '@salesforce/label/c.Portfolio_Order';
import ordered from '@salesforce/label/c.Portfolio_Ordered';
import usualOrder from '@salesforce/label/c.Portfolio_UsualOrder';
import loading from '@salesforce/label/c.Portfolio_Loading';
import switchedOff from '@salesforce/label/c.DonorInsight_SwitchedOff';
import nobody from '@salesforce/label/c.Portfolio_Nobody';
import nobodyMine from '@salesforce/label/c.Portfolio_NobodyMine';
import everyone from '@salesforce/label/c.Portfolio_Everyone';
import shown from '@salesforce/label/c.Portfolio_Shown';
import tooMany from '@salesforce/label/c.Portfolio_TooMany';
import more from '@salesforce/label/c.Portfolio_More';
import chosen from '@salesforce/label/c.Portfolio_Chosen';
import addToCampaign from '@salesforce/label/c.Portfolio_AddToCampaign';
import planTasks from '@salesforce/label/c.Portfolio_PlanTasks';

const MOST_ROWS = 2000;

/** A gift officer's donors: asks the org for them part by part, and hands them and what is done with them to the screens below. */
export default class Portfolio extends LightningElement {
    labels = { title, loading, switchedOff, usualOrder, everyone, more, addToCampaign, planTasks };
    filter = { mine: true };
    answer;
    rows = [];
    chosen = [];
    work;
    error;
    isLoading = false;

    connectedCallback() {
        return this.load([]);
    }

    get isSwitchedOff() {
        return this.answer?.switchedOff === true;
    }

    get isEmpty() {
        return this.answer && !this.isLoading && !this.rows.length;
    }

    get emptyText() {
        return this.filter.mine ? nobodyMine : nobody;
    }

    get hasMore() {
        return this.rows.length < Math.min(this.answer.total, MOST_ROWS);
    }

    get orderText() {
        return this.filter.orderBy ? ordered : order;
    }

    get countText() {
        const text = format(shown, this.rows.length, Math.min(this.answer.total, MOST_ROWS));
        return this.answer.total > MOST_ROWS ? `${text} ${tooMany}` : text;
    }

    get chosenText() {
        return format(chosen, this.chosen.length);
    }

    get isCampaignOpen() {
        return this.work?.kind === 'campaign';
    }

    get isTaskOpen() {
        return this.work !== undefined && !this.isCampaignOpen;
    }

    get isCall() {
        return this.work.kind === 'call';
    }

    get canDoNothing() {
        return !this.chosen.length;
    }

    /** Only the newest question is answered: an answer that comes late must not overwrite it. */
    async load(before) {
        const question = { filter: this.filter, skip: before.length };
        this.question = question;
        this.isLoading = true;
        this.error = undefined;
        try {
            const found = await page(question);
            if (question === this.question) {
                this.answer = found;
                this.rows = [...before, ...found.rows];
                this.isLoading = false;
            }
        } catch (problem) {
            if (question === this.question) {
                this.error = problem;
                this.isLoading = false;
            }
        }
    }

    /** Another filter, or another order. */
    change(event) {
        return this.show({ ...this.filter, ...event.detail });
    }

    showUsualOrder() {
        return this.show({ ...this.filter, orderBy: undefined, descending: undefined });
    }

    showEveryone() {
        return this.show({ ...this.filter, mine: false });
    }

    show(filter) {
        this.filter = filter;
        this.chosen = [];
        this.work = undefined;
        return this.load([]);
    }

    loadMore() {
        return this.load(this.rows);
    }

    choose(event) {
        this.chosen = event.detail;
    }

    open(event) {
        this.work = { kind: event.currentTarget.dataset.action, donors: this.chosen };
    }

    openForOne(event) {
        this.work = { kind: event.detail.kind, donors: [event.detail.donor] };
    }

    /** The form that had the focus is gone after the next render: the keyboard stays here. */
    async close() {
        this.work = undefined;
        await Promise.resolve();
        this.template.querySelector('c-portfolio-table')?.focus();
    }
}
