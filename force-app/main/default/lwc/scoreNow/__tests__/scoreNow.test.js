import { createElement } from 'lwc';
import ScoreNow from 'c/scoreNow';
import ask from '@salesforce/apex/ScoreNowController.ask';
import isAnswered from '@salesforce/apex/ScoreNowController.isAnswered';

jest.mock('@salesforce/apex/ScoreNowController.ask', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ScoreNowController.isAnswered', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/customPermission/AI_Rescore', () => ({ default: true }), { virtual: true });

const DONOR = '003000000000001AAA';
const ASKED = '2026-03-02T10:10:00.000Z';

describe('c-score-now', () => {
    let element;
    let rescored;
    const find = (selector) => element.shadowRoot.querySelector(selector);
    const pass = (seconds) => jest.advanceTimersByTimeAsync(seconds * 1000);
    const status = () => find('[role="status"]').textContent;

    beforeEach(() => {
        jest.useFakeTimers();
        jest.resetAllMocks();
        ask.mockResolvedValue(ASKED);
        isAnswered.mockResolvedValue(false);
        element = createElement('c-score-now', { is: ScoreNow });
        element.contactId = DONOR;
        rescored = jest.fn();
        element.addEventListener('rescored', rescored);
        document.body.appendChild(element);
    });

    afterEach(() => {
        document.body.replaceChildren();
        jest.useRealTimers();
    });

    async function start() {
        find('[data-action="score"]').click();
        await pass(0);
    }

    it('asks, shows that it waits, and tells the card once the answer is there', async () => {
        await start();
        expect(ask).toHaveBeenCalledWith({ contactId: DONOR });
        expect(find('lightning-spinner')).not.toBeNull();
        expect(find('[data-action="score"]').disabled).toBe(true);
        expect(status()).toBe('c.ScoreNow_Waiting');

        await pass(3);
        expect(isAnswered).toHaveBeenCalledWith({ contactId: DONOR, asked: ASKED });
        expect(rescored).not.toHaveBeenCalled();

        isAnswered.mockResolvedValue(true);
        await pass(3);
        expect(rescored).toHaveBeenCalledTimes(1);
        expect(find('lightning-spinner')).toBeNull();
        expect(status()).toBe('c.ScoreNow_Done');
    });

    it('stops looking after a minute, and says so', async () => {
        await start();
        await pass(59);
        expect(status()).toBe('c.ScoreNow_Waiting');
        await pass(1);
        expect(status()).toBe('c.ScoreNow_Later');
        expect(isAnswered).toHaveBeenCalledTimes(20);
        await pass(60);
        expect(isAnswered).toHaveBeenCalledTimes(20);
        expect(rescored).not.toHaveBeenCalled();
        expect(find('[data-action="score"]').disabled).toBe(false);
    });

    it.each([
        ['the question is refused', () => ask.mockRejectedValue({ body: { message: 'The service is busy.' } })],
        ['looking fails', () => isAnswered.mockRejectedValue({ body: { message: 'The service is busy.' } })]
    ])('says why when %s, and can be asked again', async (_, fail) => {
        fail();
        await start();
        await pass(3);
        expect(find('c-error-panel').error.body.message).toBe('The service is busy.');
        expect(find('[data-action="score"]').disabled).toBe(false);
        expect(status()).toBe('');

        ask.mockResolvedValue(ASKED);
        await start();
        expect(find('c-error-panel')).toBeNull();
    });

    it('forgets the question when the page turns to another donor', async () => {
        await start();
        element.contactId = '003000000000002AAA';
        await pass(60);
        expect(isAnswered).not.toHaveBeenCalled();
        expect(status()).toBe('');
    });

    it.each([
        ['an answer', () => isAnswered, (resolve) => resolve(true)],
        ['a refusal', () => ask, (_, reject) => reject({ body: { message: 'The service is busy.' } })]
    ])('keeps %s that comes late from the next donor', async (_, method, settle) => {
        let finish;
        method().mockReturnValue(new Promise((resolve, reject) => (finish = () => settle(resolve, reject))));
        await start();
        await pass(3);
        expect(method()).toHaveBeenCalledTimes(1);
        element.contactId = '003000000000002AAA';
        finish();
        await pass(60);
        expect(find('c-error-panel')).toBeNull();
        expect(status()).toBe('');
        expect(rescored).not.toHaveBeenCalled();
    });

    it('does not look on after the page is closed', async () => {
        await start();
        element.remove();
        await pass(60);
        expect(isAnswered).not.toHaveBeenCalled();
    });

    it('is accessible while it waits', async () => {
        await start();
        jest.useRealTimers();
        await expect(element).toBeAccessible();
    });
});
