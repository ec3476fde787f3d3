import { createElement } from 'lwc';
import GivingAhead from 'c/givingAhead';

jest.mock('@salesforce/label/c.GivingAhead_Expected', () => ({ default: 'Likely {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.GivingAhead_Contact', () => ({ default: 'In touch {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.GivingAhead_Years', () => ({ default: '{0} years' }), { virtual: true });
jest.mock('@salesforce/label/c.GivingAhead_Range', () => ({ default: '({0} to {1})' }), { virtual: true });

const AHEAD = {
    nextGift: { amount: 150, low: 100, high: 220 },
    nextGiftFrom: '2026-04-01',
    nextGiftUntil: '2026-04-30',
    contactFrom: '2026-03-02',
    contactUntil: '2026-03-02',
    lifetime: [
        { years: 1, amount: 200, low: 90, high: 310 },
        { years: 3, amount: 500, low: 500, high: 500 },
        { years: 5, amount: null }
    ],
    reason: 'By a model.'
};

function show(ahead) {
    const element = createElement('c-giving-ahead', { is: GivingAhead });
    element.ahead = ahead;
    document.body.appendChild(element);
    const texts = (selector) => [...element.shadowRoot.querySelectorAll(selector)].map((one) => one.textContent);
    return texts;
}

describe('c-giving-ahead', () => {
    afterEach(() => document.body.replaceChildren());

    it('shows each amount with its range, and when', async () => {
        const texts = show(AHEAD);
        expect(texts('dt')).toEqual(['c.GivingAhead_NextGift', 'c.GivingAhead_OneYear', '3 years']);
        expect(texts('strong')).toEqual(['$150', '$200', '$500']);
        expect(texts('.range')).toEqual(['($100 to $220)', '($90 to $310)']);
        expect(texts('.expected')[0]).toMatch(/^Likely Apr 1\s–\s30$/);
        expect(texts('.contact')).toEqual(['In touch Mar 2']);
        expect(texts('.reason')).toEqual(['By a model.']);
        expect(texts('.caveat')).toEqual(['c.GivingAhead_Caveat']);
        await expect(document.body).toBeAccessible();
    });

    it('names no day that is not known', () => {
        const texts = show({ ...AHEAD, nextGiftFrom: null, contactFrom: null });
        expect([...texts('.expected'), ...texts('.contact')]).toEqual([]);
    });

    it('is not there without an amount', () => {
        expect(show(null)('h3')).toEqual([]);
    });
});
