import { createElement } from 'lwc';
import SuggestedAsk from 'c/suggestedAsk';

jest.mock('@salesforce/i18n/currency', () => ({ default: 'USD' }), { virtual: true });
jest.mock('@salesforce/i18n/locale', () => ({ default: 'en-US' }), { virtual: true });
jest.mock('@salesforce/label/c.SuggestedAsk_Range', () => ({ default: 'between {0} and {1}' }), { virtual: true });

function show(ask) {
    const element = createElement('c-suggested-ask', { is: SuggestedAsk });
    element.ask = ask;
    document.body.appendChild(element);
    return element.shadowRoot;
}

describe('c-suggested-ask', () => {
    afterEach(() => document.body.replaceChildren());

    it('shows the amount, the range that fits and the reason', async () => {
        const root = show({ amount: 125, low: 100, high: 150, reason: 'The last gift was $100.' });
        expect(root.querySelector('.amount').textContent).toBe('$125');
        expect(root.querySelector('.range').textContent).toBe('between $100 and $150');
        expect(root.querySelector('.reason').textContent).toBe('The last gift was $100.');
        await expect(document.body).toBeAccessible();
    });

    it('shows no range where there is only one fitting amount', () => {
        expect(show({ amount: 50, low: 50, high: 50, reason: 'x' }).querySelector('.range')).toBeNull();
    });

    it('says so when no ask is suggested', () => {
        const root = show(undefined);
        expect(root.querySelector('.amount')).toBeNull();
        expect(root.textContent).toContain('c.SuggestedAsk_None');
    });
});
