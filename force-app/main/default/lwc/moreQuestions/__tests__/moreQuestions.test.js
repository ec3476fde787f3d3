import { createElement } from 'lwc';
import MoreQuestions from 'c/moreQuestions';

jest.mock('@salesforce/label/c.MoreQuestions_Title', () => ({ default: 'More ({0})' }), { virtual: true });
jest.mock('@salesforce/label/c.ScoreBand_OutOf100', () => ({ default: '{0} in 100' }), { virtual: true });
jest.mock('@salesforce/label/c.ScoreBand_Top', () => ({ default: 'top {0} %' }), { virtual: true });

function show(outcomes) {
    const element = createElement('c-more-questions', { is: MoreQuestions });
    element.outcomes = outcomes;
    document.body.appendChild(element);
    return (selector) => [...element.shadowRoot.querySelectorAll(selector)].map((one) => one.textContent);
}

describe('c-more-questions', () => {
    afterEach(() => document.body.replaceChildren());

    it('answers each in a line, with the strongest reason of each side', async () => {
        const texts = show([
            { key: 'Renewal', score: 60.4, bandLabel: 'High', rank: 9, helps: ['gave often', 'gave lately'], holdsBack: ['moved'] },
            { key: 'Mid_Level', score: 3, bandLabel: 'Low', rank: null }
        ]);
        expect(texts('summary')).toEqual(['More (2)']);
        expect(texts('.question')).toEqual(['c.ScoreBand_Renewal', 'c.ScoreBand_Mid_Level']);
        expect(texts('.band')).toEqual(['High', 'Low']);
        expect(texts('.detail')).toEqual(['60 in 100 · top 9 %', '3 in 100']);
        expect(texts('.why')).toEqual(['gave often · moved']);
        await expect(document.body).toBeAccessible();
    });

    it('says of an order that it is no chance', () => {
        const texts = show([{ key: 'Planned_Giving', bandLabel: 'High', rank: 4 }]);
        expect(texts('.detail')).toEqual(['c.MoreQuestions_OnlyOrder · top 4 %']);
    });

    it.each([[[]], [undefined]])('is not there without a question: %p', (outcomes) => {
        expect(show(outcomes)('details')).toEqual([]);
    });
});
