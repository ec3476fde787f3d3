import { createElement } from 'lwc';
import HealthPanel from 'c/healthPanel';
import healthNow from '@salesforce/apex/HealthController.health';
import connectionProblem from '@salesforce/apex/HealthController.connectionProblem';
import sendAgain from '@salesforce/apex/HealthController.sendAgain';

jest.mock('@salesforce/apex/HealthController.health', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/HealthController.connectionProblem', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/HealthController.sendAgain', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.HealthPanel_Sent', () => ({ default: '{0} sent' }), { virtual: true });

const RUN = { Id: 'a01000000000001AAA', Status__c: 'Completed', Started_At__c: '2026-03-02T02:00:00.000Z', Mode__c: 'Full' };
const HEALTH = {
    switchedOn: true,
    realTime: true,
    mode: 'Full',
    trialGroup: 0,
    lastRun: RUN,
    inTime: true,
    dueHour: 6,
    donors: 10,
    withProfile: 10,
    excluded: 0,
    outOfDate: 0,
    unsent: 2,
    runs: [RUN]
};

describe('c-health-panel', () => {
    let element;
    const find = (selector) => element.shadowRoot.querySelector(selector);
    const tile = (key) =>
        [...element.shadowRoot.querySelectorAll('c-status-tile')].find((one) => one.tile.key === key);
    const settle = () => new Promise((resolve) => setTimeout(resolve));

    beforeEach(() => {
        jest.resetAllMocks();
        healthNow.mockResolvedValue(HEALTH);
        connectionProblem.mockResolvedValue(null);
        sendAgain.mockResolvedValue(2);
        element = createElement('c-health-panel', { is: HealthPanel });
    });

    afterEach(() => document.body.replaceChildren());

    it('shows what the org knows while the scoring service is still tried', async () => {
        let answer;
        connectionProblem.mockReturnValue(new Promise((resolve) => (answer = resolve)));
        document.body.appendChild(element);
        expect(find('lightning-spinner')).not.toBeNull();
        await settle();
        expect(find('lightning-spinner')).toBeNull();
        expect(tile('run').tile.tone).toBe('good');
        expect(tile('realTime').tile.value).toBe('c.HealthTiles_RealTimeTrying');
        answer('It is busy.');
        await settle();
        expect(tile('realTime').tile.value).toBe('It is busy.');
        expect(find('c-health-runs').runs).toEqual([RUN]);
        await expect(document.body).toBeAccessible();
    });

    it('does not try a service that is not in use', async () => {
        healthNow.mockResolvedValue({ ...HEALTH, realTime: false });
        document.body.appendChild(element);
        await settle();
        expect(connectionProblem).not.toHaveBeenCalled();
    });

    it('sends kept changes again, says how many, and looks again', async () => {
        document.body.appendChild(element);
        await settle();
        healthNow.mockResolvedValue({ ...HEALTH, unsent: 0 });
        tile('unsent').dispatchEvent(new CustomEvent('act', { detail: 'unsent' }));
        await Promise.resolve();
        expect(tile('unsent').busy).toBe(true);
        await settle();
        expect(find('.said').textContent).toBe('2 sent');
        expect(tile('unsent').tile.tone).toBe('good');
        expect(tile('unsent').busy).toBe(false);
    });

    it.each([
        ['looking', () => healthNow],
        ['trying the service', () => connectionProblem]
    ])('says what went wrong with %s, and can be asked again', async (_, which) => {
        which().mockRejectedValueOnce({ body: { message: 'You do not have access.' } });
        document.body.appendChild(element);
        await settle();
        expect(find('c-error-panel').error.body.message).toBe('You do not have access.');
        expect(find('lightning-spinner')).toBeNull();
        find('[data-action="refresh"]').click();
        await settle();
        expect(find('c-error-panel')).toBeNull();
        expect(tile('run')).toBeDefined();
    });

    it('says why nothing could be sent', async () => {
        sendAgain.mockRejectedValue({ body: { message: 'You do not have access.' } });
        document.body.appendChild(element);
        await settle();
        tile('unsent').dispatchEvent(new CustomEvent('act', { detail: 'unsent' }));
        await settle();
        expect(find('c-error-panel').error.body.message).toBe('You do not have access.');
        expect(tile('unsent').busy).toBe(false);
    });
});
