import { createElement } from 'lwc';
import SetupAssistant from 'c/setupAssistant';
import checkNow from '@salesforce/apex/SetupController.check';
import startNow from '@salesforce/apex/SetupController.start';

jest.mock('@salesforce/apex/SetupController.check', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/SetupController.start', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.SetupAssistant_Progress', () => ({ default: '{0} of {1}' }), { virtual: true });

const KEYS = ['service', 'npsp', 'people', 'integration', 'leastPrivilege', 'run', 'handlers', 'rollout'];
const steps = (...open) => KEYS.map((key) => ({ key, done: !open.includes(key) }));

describe('c-setup-assistant', () => {
    let element;
    const find = (selector) => element.shadowRoot.querySelector(selector);
    const tile = (key) =>
        [...element.shadowRoot.querySelectorAll('c-status-tile')].find((one) => one.tile.key === key);
    const settle = () => new Promise((resolve) => setTimeout(resolve));
    const act = () => tile('handlers').dispatchEvent(new CustomEvent('act', { detail: 'handlers' }));

    beforeEach(() => {
        jest.resetAllMocks();
        checkNow.mockResolvedValue(steps('handlers', 'run'));
        startNow.mockResolvedValue(true);
        element = createElement('c-setup-assistant', { is: SetupAssistant });
        document.body.appendChild(element);
    });

    afterEach(() => document.body.replaceChildren());

    it('tries the steps and writes nothing', async () => {
        await settle();
        expect(find('.said').textContent).toBe('6 of 8');
        expect(tile('run').tile.tone).toBe('bad');
        expect(startNow).not.toHaveBeenCalled();
        await expect(document.body).toBeAccessible();
    });

    it('shows that it works, and checks again when asked', async () => {
        await settle();
        checkNow.mockResolvedValue(steps());
        find('[data-action="again"]').click();
        await Promise.resolve();
        expect(find('lightning-spinner')).not.toBeNull();
        expect(find('[data-action="again"]').disabled).toBe(true);
        await settle();
        expect(find('lightning-spinner')).toBeNull();
        expect(find('.said').textContent).toBe('8 of 8');
    });

    it('starts when somebody clicks, and looks again', async () => {
        await settle();
        checkNow.mockResolvedValue(steps('run'));
        act();
        await Promise.resolve();
        expect(tile('handlers').busy).toBe(true);
        await settle();
        expect(startNow).toHaveBeenCalledTimes(1);
        expect(tile('handlers').tile.tone).toBe('good');
        expect(find('.said').textContent).toBe('7 of 8');
    });

    it('says why it could not start beside a table that NPSP has not filled', async () => {
        await settle();
        startNow.mockResolvedValue(false);
        act();
        await settle();
        expect(find('.said').textContent).toBe('c.SetupAssistant_NotStarted');
        expect(tile('handlers').tile.tone).toBe('watch');
    });

    it.each([
        ['checking', () => checkNow, () => find('[data-action="again"]').click()],
        ['starting', () => startNow, act]
    ])('says what went wrong with %s', async (_, which, again) => {
        await settle();
        which().mockRejectedValue({ body: { message: 'You do not have access.' } });
        again();
        await settle();
        expect(find('c-error-panel').error.body.message).toBe('You do not have access.');
        expect(find('lightning-spinner')).toBeNull();
        expect(tile('handlers').busy).toBe(false);
    });
});
