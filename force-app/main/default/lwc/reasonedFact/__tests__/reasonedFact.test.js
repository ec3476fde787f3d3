import { createElement } from 'lwc';
import ReasonedFact from 'c/reasonedFact';

function show(fact) {
    const element = createElement('c-reasoned-fact', { is: ReasonedFact });
    Object.assign(element, { heading: 'Best reached by', fact });
    document.body.appendChild(element);
    return (selector) => element.shadowRoot.querySelector(selector)?.textContent;
}

describe('c-reasoned-fact', () => {
    afterEach(() => document.body.replaceChildren());

    it('shows the word and where it comes from', async () => {
        const text = show({ value: 'Phone', label: 'Teléfono', reason: 'answered 3 calls' });
        expect([text('h3'), text('.value'), text('.reason')]).toEqual(['Best reached by', 'Teléfono', 'answered 3 calls']);
        await expect(document.body).toBeAccessible();
    });

    it('has no line for a reason that is not known, and nothing without a word', () => {
        expect(show({ value: 'Phone' })('.reason')).toBeUndefined();
        expect(show(undefined)('h3')).toBeUndefined();
    });
});
