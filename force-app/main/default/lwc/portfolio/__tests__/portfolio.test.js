import { createElement } from 'lwc';
import Portfolio from 'c/portfolio';
import page from '@salesforce/apex/PortfolioController.page';

jest.mock('@salesforce/apex/PortfolioController.page', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.Portfolio_Shown', () => ({ default: '{0} of {1}.' }), { virtual: true });
jest.mock('@salesforce/label/c.Portfolio_TooMany', () => ({ default: 'There are more.' }), { virtual: true });
jest.mock('@salesforce/label/c.Portfolio_Chosen', () => ({ default: 'Chosen: {0}' }), { virtual: true });

const row = (number) => ({ profileId: `a0${number}`, contactId: `003${number}`, donor: `Donor ${number}` });
const found = (rows, more) => ({
    switchedOff: false,
    rows,
    total: rows.length,
    canAddToCampaign: true,
    canLogTasks: true,
    ...more
});
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-portfolio', () => {
    let element;
    const find = (selector) => element.shadowRoot.querySelector(selector);
    const button = (name) => find(`[data-action="${name}"]`);
    const table = () => find('c-portfolio-table');
    const lastAsked = () => page.mock.calls[page.mock.calls.length - 1][0];

    async function show(answer) {
        page.mockResolvedValue(answer);
        element = createElement('c-portfolio', { is: Portfolio });
        document.body.appendChild(element);
        await settled();
    }
    async function tell(child, name, detail) {
        child.dispatchEvent(new CustomEvent(name, { detail }));
        await settled();
    }

    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
    });

    it('first shows one’s own donors, in the usual order', async () => {
        await show(found([row(1), row(2)]));
        expect(page).toHaveBeenCalledWith({ filter: { mine: true }, skip: 0 });
        expect(table().rows).toHaveLength(2);
        expect(find('.order').textContent).toContain('c.Portfolio_Order');
        expect(find('.count').textContent).toBe('2 of 2.');
        expect(button('more')).toBeNull();
        expect(button('usual-order')).toBeNull();
        await expect(element).toBeAccessible();
    });

    it('waits with a spinner, and no empty list', async () => {
        page.mockReturnValue(new Promise(() => {}));
        element = createElement('c-portfolio', { is: Portfolio });
        document.body.appendChild(element);
        await settled();
        expect(find('lightning-spinner')).not.toBeNull();
        expect(find('.message')).toBeNull();
        await expect(element).toBeAccessible();
    });

    it('asks again when a filter changes, keeping the others', async () => {
        await show(found([row(1)]));
        await tell(find('c-portfolio-filters'), 'narrow', { segment: 'Lapsed' });
        await tell(find('c-portfolio-filters'), 'narrow', { thisWeek: true });
        expect(lastAsked()).toEqual({ filter: { mine: true, segment: 'Lapsed', thisWeek: true }, skip: 0 });
    });

    it('asks again by a column, says so, and finds back to the usual order', async () => {
        await show(found([row(1)]));
        await tell(table(), 'sort', { orderBy: 'donor', descending: true });
        expect(lastAsked().filter).toEqual({ mine: true, orderBy: 'donor', descending: true });
        expect(find('.order').textContent).toContain('c.Portfolio_Ordered');
        button('usual-order').click();
        await settled();
        expect(lastAsked().filter.orderBy).toBeUndefined();
        expect(find('.order').textContent).toContain('c.Portfolio_Order');
    });

    it('brings more rows under those that are there', async () => {
        await show(found([row(1)], { total: 2 }));
        page.mockResolvedValue(found([row(2)], { total: 2 }));
        button('more').click();
        await settled();
        expect(lastAsked().skip).toBe(1);
        expect(table().rows.map((one) => one.donor)).toEqual(['Donor 1', 'Donor 2']);
        expect(button('more')).toBeNull();
    });

    it('says when there are more than a list can show', async () => {
        await show(found([row(1)], { total: 2001 }));
        expect(find('.count').textContent).toBe('1 of 2000. There are more.');
    });

    it('offers everybody’s donors to those who have none', async () => {
        await show(found([]));
        expect(find('.message').textContent).toBe('c.Portfolio_NobodyMine');
        await expect(element).toBeAccessible();
        button('everyone').click();
        await settled();
        expect(lastAsked().filter).toEqual({ mine: false });
        expect(find('.message').textContent).toBe('c.Portfolio_Nobody');
        expect(button('everyone')).toBeNull();
    });

    it('shows nobody while answers are switched off, and says so', async () => {
        await show({ switchedOff: true, rows: [] });
        expect(find('.message').textContent).toBe('c.DonorInsight_SwitchedOff');
        expect(find('c-portfolio-filters')).toBeNull();
        await expect(element).toBeAccessible();
    });

    it('says what went wrong, and tries again with the next filter', async () => {
        page.mockRejectedValueOnce({ body: { message: 'You do not have access.' } });
        await show(found([row(1)]));
        expect(find('c-error-panel').error.body.message).toBe('You do not have access.');
        expect(find('lightning-spinner')).toBeNull();
        await expect(element).toBeAccessible();
        await tell(find('c-portfolio-filters'), 'narrow', { mine: false });
        expect(find('c-error-panel')).toBeNull();
        expect(table()).not.toBeNull();
    });

    it('forgets an answer that comes after a newer question', async () => {
        await show(found([row(1)]));
        let late;
        page.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
        await tell(find('c-portfolio-filters'), 'narrow', { segment: 'Lapsed' });
        await tell(find('c-portfolio-filters'), 'narrow', { segment: 'Loyal donor' });
        late(found([row(9)]));
        await settled();
        expect(table().rows[0].donor).toBe('Donor 1');
    });

    it.each([
        ['campaign', 'c-campaign-form'],
        ['task', 'c-task-form']
    ])('opens the form for a %s about the chosen donors', async (action, form) => {
        await show(found([row(1), row(2)]));
        expect(button(action).disabled).toBe(true);
        await tell(table(), 'choose', [row(1), row(2)]);
        expect(find('.chosen').textContent).toBe('Chosen: 2');
        button(action).click();
        await settled();
        expect(find(form).donors).toHaveLength(2);
        await tell(find(form), 'done');
        expect(find(form)).toBeNull();
    });

    it.each([
        ['task', false],
        ['call', true]
    ])('opens the form for a %s about one donor', async (kind, isCall) => {
        await show(found([row(1), row(2)]));
        await tell(table(), 'work', { kind, donor: row(2) });
        expect(find('c-task-form').donors).toEqual([row(2)]);
        expect(find('c-task-form').isCall).toBe(isCall);
        await tell(find('c-task-form'), 'cancel');
        expect(find('c-task-form')).toBeNull();
    });

    it('offers only what the person may do', async () => {
        await show(found([row(1)], { canAddToCampaign: false, canLogTasks: false }));
        expect(button('campaign')).toBeNull();
        expect(button('task')).toBeNull();
        expect(table().canLogTasks).toBe(false);
    });
});
