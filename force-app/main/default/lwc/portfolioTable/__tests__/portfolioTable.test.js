import { createElement } from 'lwc';
import PortfolioTable from 'c/portfolioTable';

jest.mock('@salesforce/label/c.PortfolioTable_ThisWeek', () => ({ default: 'This week ({0})' }), { virtual: true });

const ROW = {
    profileId: 'a01000000000001AAA',
    contactId: '003000000000001AAA',
    donor: 'Maria Rivera',
    givingUnit: 'Rivera Household',
    segment: 'Loyal donor',
    needsReview: false,
    band: 'High',
    bandLabel: 'Alta',
    segmentLabel: 'Donante fiel',
    score: 34.5,
    priority: 'Lapses within 12 months',
    why: 'gave 5 gifts',
    nextStep: 'Thank by name.',
    suggestedAsk: 125,
    contactFrom: '2026-03-02',
    contactUntil: '2026-03-20',
    thisWeek: true,
    stale: false
};

describe('c-portfolio-table', () => {
    let element;
    const told = {};
    const keep = (event) => (told[event.type] = event.detail);
    const table = () => element.shadowRoot.querySelector('lightning-datatable');
    const columns = () => table().columns.map((one) => one.fieldName).filter(Boolean);

    function show(row, more) {
        element = createElement('c-portfolio-table', { is: PortfolioTable });
        Object.assign(element, { rows: [{ ...ROW, ...row }], filter: {}, canLogTasks: true, ...more });
        for (const name of ['sort', 'choose', 'work']) {
            element.addEventListener(name, keep);
        }
        document.body.appendChild(element);
        return table().data[0];
    }

    afterEach(() => document.body.replaceChildren());

    it('shows who, how likely, what first and when', async () => {
        expect(show()).toMatchObject({
            url: '/lightning/r/Contact/003000000000001AAA/view',
            donor: 'Maria Rivera',
            segment: 'Donante fiel',
            likelihood: 'Alta · 35',
            first: 'c.ScoreBand_Lapse_Risk',
            icon: undefined
        });
        expect(table().data[0].when).toMatch(/^This week \(Mar 2/);
        expect(table().keyField).toBe('profileId');
        await expect(element).toBeAccessible();
    });

    it('has no word for what is not known', () => {
        const shown = show({ bandLabel: null, score: null, priority: null, contactFrom: null, contactUntil: null, thisWeek: false });
        expect(shown.likelihood).toBe('');
        expect([shown.first, shown.when]).toEqual([null, null]);
    });

    it('marks what waits for review and what is out of date', () => {
        const shown = show({ needsReview: true, segment: null, stale: true });
        expect(shown.segment).toBe('c.DonorInsight_NeedsReview');
        expect(shown.icon).toBe('utility:warning');
    });

    it('offers actions on a row only to those who may log tasks', () => {
        show();
        const actions = table().columns.find((one) => one.type === 'action').typeAttributes.rowActions;
        expect(actions.map((one) => one.name)).toEqual(['task', 'call']);
        document.body.replaceChildren();
        show({}, { canLogTasks: false });
        expect(table().columns.some((one) => one.type === 'action')).toBe(false);
        expect(columns()).toHaveLength(9);
    });

    it.each([
        ['url', 'donor'],
        ['likelihood', 'score'],
        ['when', 'contactFrom'],
        ['segment', 'segment'],
        ['suggestedAsk', 'suggestedAsk']
    ])('orders by the column %s through the property %s', (fieldName, orderBy) => {
        show({}, { filter: { orderBy, descending: true } });
        expect(table().columns.find((one) => one.fieldName === fieldName).sortable).toBe(true);
        expect([table().sortedBy, table().sortedDirection]).toEqual([fieldName, 'desc']);
        table().dispatchEvent(new CustomEvent('sort', { detail: { fieldName, sortDirection: 'asc' } }));
        expect(told.sort).toEqual({ orderBy, descending: false });
    });

    it('tells which rows are ticked, and what is to be done with one', () => {
        const shown = show();
        table().dispatchEvent(new CustomEvent('rowselection', { detail: { selectedRows: [shown] } }));
        expect(told.choose).toEqual([ROW]);
        table().dispatchEvent(new CustomEvent('rowaction', { detail: { action: { name: 'call' }, row: shown } }));
        expect(told.work).toEqual({ kind: 'call', donor: ROW });
    });

    it('takes the keyboard', () => {
        show();
        element.focus();
        expect(element.shadowRoot.activeElement).toBe(element.shadowRoot.querySelector('.table'));
    });
});
