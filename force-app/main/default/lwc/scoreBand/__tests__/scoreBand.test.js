import { createElement } from 'lwc';
import ScoreBand from 'c/scoreBand';

jest.mock('@salesforce/label/c.ScoreBand_Propensity', () => ({ default: 'Gives in the next 90 days' }), { virtual: true });
jest.mock('@salesforce/label/c.ScoreBand_OutOf100', () => ({ default: 'about {0} in 100' }), { virtual: true });
jest.mock('@salesforce/label/c.ScoreBand_Top', () => ({ default: 'top {0} %' }), { virtual: true });

function show(outcome) {
    const element = createElement('c-score-band', { is: ScoreBand });
    element.outcome = outcome;
    document.body.appendChild(element);
    return element;
}

describe('c-score-band', () => {
    afterEach(() => document.body.replaceChildren());

    it('says the band in words, the score in people and the rank', async () => {
        const element = show({ key: 'Propensity', score: 34.5, bandLabel: 'High', rank: 12 });
        expect(element.shadowRoot.textContent).toContain('Gives in the next 90 days');
        expect(element.shadowRoot.querySelector('.band').textContent).toBe('High');
        expect(element.shadowRoot.querySelector('p').textContent).toBe('about 35 in 100 · top 12 %');
        expect(element.shadowRoot.querySelector('.slds-progress-bar__value').style.width).toBe('34.5%');
        await expect(element).toBeAccessible();
    });

    it('leaves the rank out where there is none, and shows an unknown question by its key', () => {
        const element = show({ key: 'Legacy', score: 0, bandLabel: 'Low', rank: null });
        expect(element.shadowRoot.querySelector('p').textContent).toBe('about 0 in 100');
        expect(element.shadowRoot.textContent).toContain('Legacy');
    });
});
