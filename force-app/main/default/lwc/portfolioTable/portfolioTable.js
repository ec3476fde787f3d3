import { LightningElement, api } from 'lwc';
import formFactor from '@salesforce/client/formFactor';
import { contactUrl, days } from 'c/display';
import { format } from 'c/messages';
import { questionTitled } from 'c/questions';
import donor from '@salesforce/label/c.PortfolioTable_Donor';
import household from '@salesforce/label/c.PortfolioTable_Household';
import segment from '@salesforce/label/c.DonorInsight_Segment';
import likely from '@salesforce/label/c.PortfolioTable_Likely';
import first from '@salesforce/label/c.PortfolioTable_First';
import step from '@salesforce/label/c.NextStep_Title';
import why from '@salesforce/label/c.DonorInsight_Why';
import ask from '@salesforce/label/c.SuggestedAsk_Title';
import when from '@salesforce/label/c.PortfolioTable_When';
import thisWeek from '@salesforce/label/c.PortfolioTable_ThisWeek';
import needsReview from '@salesforce/label/c.DonorInsight_NeedsReview';
import stale from '@salesforce/label/c.FreshnessBadge_Stale';
import plan from '@salesforce/label/c.PortfolioTable_Plan';
import call from '@salesforce/label/c.PortfolioTable_Call';
import title from '@salesforce/label/c.Portfolio_Title';

const column = (fieldName, label, more) => ({ fieldName, label, hideDefaultActions: true, wrapText: true, ...more });
const STALE_ICON = { iconName: { fieldName: 'icon' }, iconAlternativeText: stale, iconPosition: 'right' };
const LINK = { label: { fieldName: 'donor' }, target: '_self' };
const COLUMNS = [
    column('url', donor, { type: 'url', sortable: true, initialWidth: 140, typeAttributes: LINK }),
    column('givingUnit', household, { initialWidth: 130 }),
    column('segment', segment, { sortable: true, initialWidth: 120 }),
    column('likelihood', likely, { sortable: true, initialWidth: 135, cellAttributes: STALE_ICON }),
    column('when', when, { sortable: true, initialWidth: 125 }),
    column('suggestedAsk', ask, {
        type: 'currency',
        sortable: true,
        initialWidth: 120,
        typeAttributes: { maximumFractionDigits: 0 }
    }),
    column('nextStep', step, { initialWidth: 240 }),
    column('first', first, { initialWidth: 160 }),
    column('why', why, { initialWidth: 260 })
];
// On a phone what decides stands first: who, how likely, when, what to do.
const SMALL = ['url', 'likelihood', 'when', 'nextStep', 'suggestedAsk', 'segment', 'givingUnit', 'first', 'why'];
const NARROW = { url: 105, likelihood: 105 };
const ACTIONS = { type: 'action', typeAttributes: { rowActions: [{ label: plan, name: 'task' }, { label: call, name: 'call' }] } };
const smallColumns = () =>
    SMALL.map((name) => {
        const found = COLUMNS.find(({ fieldName }) => fieldName === name);
        return { ...found, initialWidth: NARROW[name] ?? found.initialWidth };
    });
/** The shown field of a column, and the property by which the org orders it. */
const ORDERS = { url: 'donor', likelihood: 'score', when: 'contactFrom' };

/**
 * Donors as rows. A lightning-datatable, because it brings what a table of our own would have to invent again: arrow keys from
 * cell to cell, columns of any width, ticks for many rows, and what screen readers know of all that.
 * Fires `sort` with orderBy and descending, `choose` with the ticked rows, `work` with a kind and one donor.
 */
export default class PortfolioTable extends LightningElement {
    @api rows = [];
    @api filter;
    @api canLogTasks = false;
    title = title;

    get columns() {
        const [name, ...others] = formFactor === 'Small' ? smallColumns() : COLUMNS;
        return this.canLogTasks ? [name, ACTIONS, ...others] : [name, ...others];
    }

    get data() {
        return this.rows.map((row) => ({ ...row, ...this.shown(row) }));
    }

    get sortedBy() {
        const { orderBy } = this.filter;
        return Object.keys(ORDERS).find((shown) => ORDERS[shown] === orderBy) ?? orderBy;
    }

    get sortedDirection() {
        return this.filter.descending ? 'desc' : 'asc';
    }

    shown(row) {
        return {
            url: contactUrl(row.contactId),
            segment: row.needsReview ? needsReview : row.segmentLabel,
            likelihood: [row.bandLabel, row.score == null ? undefined : Math.round(row.score)].filter(Boolean).join(' · '),
            first: row.priority && questionTitled(row.priority),
            when: this.whenOf(row),
            icon: row.stale ? 'utility:warning' : undefined
        };
    }

    whenOf(row) {
        const text = row.contactFrom && days(row.contactFrom, row.contactUntil);
        return row.thisWeek ? format(thisWeek, text) : text;
    }

    @api
    focus() {
        this.template.querySelector('[tabindex]').focus();
    }

    sort(event) {
        const { fieldName, sortDirection } = event.detail;
        const detail = { orderBy: ORDERS[fieldName] ?? fieldName, descending: sortDirection === 'desc' };
        this.dispatchEvent(new CustomEvent('sort', { detail }));
    }

    choose(event) {
        this.dispatchEvent(new CustomEvent('choose', { detail: event.detail.selectedRows.map(this.original, this) }));
    }

    work(event) {
        const detail = { kind: event.detail.action.name, donor: this.original(event.detail.row) };
        this.dispatchEvent(new CustomEvent('work', { detail }));
    }

    original(shown) {
        return this.rows.find((row) => row.profileId === shown.profileId);
    }
}
