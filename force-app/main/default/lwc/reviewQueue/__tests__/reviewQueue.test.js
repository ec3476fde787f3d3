import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import ReviewQueue from 'c/reviewQueue';
import queue from '@salesforce/apex/ReviewQueueController.queue';
import approve from '@salesforce/apex/ReviewQueueController.approve';

jest.mock(
    '@salesforce/apex/ReviewQueueController.queue',
    () => {
        const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
        return { default: createApexTestWireAdapter(jest.fn()) };
    },
    { virtual: true }
);
jest.mock('@salesforce/apex/ReviewQueueController.approve', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn(() => Promise.resolve()) }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewQueue_Waiting', () => ({ default: 'Waiting: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewQueue_Named', () => ({ default: 'Look at {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewQueue_ApproveChosen', () => ({ default: 'Approve ({0})' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewQueue_Confirm', () => ({ default: 'Approve {0}?' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewQueue_Approved', () => ({ default: 'Approved: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewQueue_Changed', () => ({ default: 'Approved: {0}, changed: {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewItem_Decided', () => ({ default: '{0} by {1} on {2}' }), { virtual: true });

const item = (number) => ({ profileId: `a0${number}`, donor: `Donor ${number}`, suggested: 'Major gift prospect' });
const DECIDED = { ...item(9), approvedLabel: 'Loyal donor', approvedBy: 'Ada', approvedAt: '2026-03-02T20:00:00.000Z' };
const QUEUE = {
    switchedOff: false,
    canApprove: true,
    segmentLabels: ['Major gift prospect', 'Lapsed'],
    waiting: [item(1), item(2)],
    decided: [DECIDED]
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-review-queue', () => {
    let element;
    let toasts;
    const find = (selector) => element.shadowRoot.querySelector(selector);
    const items = () => [...element.shadowRoot.querySelectorAll('c-review-item')];
    const button = (name) => find(`[data-action="${name}"]`);

    beforeEach(() => {
        element = createElement('c-review-queue', { is: ReviewQueue });
        toasts = [];
        element.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail.title));
        document.body.appendChild(element);
    });

    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
    });

    async function receive(more) {
        queue.emit({ ...QUEUE, ...more });
        await settled();
    }
    async function tell(child, name, detail) {
        child.dispatchEvent(new CustomEvent(name, { detail }));
        await settled();
    }
    async function press(name) {
        button(name).click();
        await settled();
    }

    it('shows what waits, what the administrator wants looked at, and who decided what', async () => {
        expect(find('lightning-spinner')).not.toBeNull();
        await receive();
        expect(queue.getLastConfig()).toEqual({ every: false });
        expect(find('lightning-spinner')).toBeNull();
        expect(find('.meaning').textContent).toBe('c.ReviewQueue_Meaning');
        expect(find('.named').textContent).toBe('Look at Major gift prospect, Lapsed');
        expect(find('.waiting').textContent).toBe('Waiting: 2');
        expect(items().map((one) => one.item.donor)).toEqual(['Donor 1', 'Donor 2']);
        expect(find('.decided').textContent).toBe('Donor 9: Loyal donor by Ada on Mar 2, 2026');
        await expect(element).toBeAccessible();
    });

    it('can show every suggestion that waits', async () => {
        await receive();
        find('[data-field="every"]').checked = true;
        await tell(find('[data-field="every"]'), 'change');
        expect(queue.getLastConfig()).toEqual({ every: true });
    });

    it('approves one at once, with what was seen', async () => {
        approve.mockResolvedValue(1);
        await receive();
        await tell(items()[1], 'approve', item(2));
        expect(approve).toHaveBeenCalledWith({ seen: { a02: 'Major gift prospect' } });
        expect(toasts).toEqual(['Approved: 1']);
        expect(refreshApex).toHaveBeenCalledTimes(1);
        expect(element.shadowRoot.activeElement).toBe(find('.waiting'));
    });

    it('approves several only after a person said yes', async () => {
        approve.mockResolvedValue(2);
        await receive();
        expect(button('approve').disabled).toBe(true);
        await tell(items()[0], 'choose', { profileId: 'a01', isChosen: true });
        await tell(items()[1], 'choose', { profileId: 'a02', isChosen: true });
        expect(items()[1].isChosen).toBe(true);
        expect(button('approve').label).toBe('Approve (2)');
        await press('approve');
        expect(approve).not.toHaveBeenCalled();
        expect(find('.confirm').textContent).toBe('Approve 2?');
        await expect(element).toBeAccessible();
        expect(find('c-form-buttons').label).toBe('c.ReviewQueue_Yes');
        await tell(find('c-form-buttons'), 'save');
        expect(approve).toHaveBeenCalledWith({ seen: { a01: 'Major gift prospect', a02: 'Major gift prospect' } });
        expect(find('.confirm')).toBeNull();
    });

    it('approves nobody when the person thinks again', async () => {
        await receive();
        find('[data-field="all"]').checked = true;
        await tell(find('[data-field="all"]'), 'change');
        expect(button('approve').label).toBe('Approve (2)');
        await press('approve');
        await tell(find('c-form-buttons'), 'cancel');
        expect(find('.confirm')).toBeNull();
        expect(approve).not.toHaveBeenCalled();
        await tell(items()[0], 'choose', { profileId: 'a01', isChosen: false });
        expect(button('approve').label).toBe('Approve (1)');
    });

    it('says what has changed since it was seen', async () => {
        approve.mockResolvedValue(0);
        await receive();
        await tell(items()[0], 'approve', item(1));
        expect(toasts).toEqual(['Approved: 0, changed: 1']);
    });

    it('skips one until the page is opened again', async () => {
        await receive();
        await tell(items()[0], 'skip', 'a01');
        expect(items().map((one) => one.item.donor)).toEqual(['Donor 2']);
        expect(find('.waiting').textContent).toBe('Waiting: 1');
    });

    it('asks again after somebody chose another segment', async () => {
        await receive();
        await tell(items()[0], 'overridechange');
        expect(refreshApex).toHaveBeenCalledTimes(1);
    });

    it('shows twenty, and twenty more', async () => {
        await receive({ waiting: Array.from({ length: 21 }, (_, number) => item(number)) });
        expect(items()).toHaveLength(20);
        await press('more');
        expect(items()).toHaveLength(21);
        expect(button('more')).toBeNull();
    });

    it('says that nothing waits', async () => {
        await receive({ waiting: [], decided: [] });
        expect(find('.nothing').textContent).toBe('c.ReviewQueue_Nothing');
        expect(button('approve')).toBeNull();
        expect(find('.decided')).toBeNull();
        await expect(element).toBeAccessible();
    });

    it('shows nothing while answers are switched off', async () => {
        queue.emit({ switchedOff: true, waiting: [], decided: [] });
        await settled();
        expect(find('.message').textContent).toBe('c.DonorInsight_SwitchedOff');
        expect(find('.waiting')).toBeNull();
    });

    it('lets those who may not approve look', async () => {
        await receive({ canApprove: false });
        expect(find('.only-look').textContent).toBe('c.ReviewQueue_OnlyLook');
        expect(button('approve')).toBeNull();
        expect(items()[0].canApprove).toBe(false);
        await expect(element).toBeAccessible();
    });

    it.each([
        ['the queue cannot be read', () => queue.error({ message: 'No access.' })],
        ['approving is refused', () => tell(items()[0], 'approve', item(1))]
    ])('says why when %s', async (_, happen) => {
        approve.mockRejectedValue({ body: { message: 'No access.' } });
        await receive();
        await happen();
        await settled();
        expect(find('c-error-panel').error.body.message).toBe('No access.');
        expect(toasts).toEqual([]);
        await expect(element).toBeAccessible();
    });
});
