import { createElement } from 'lwc';
import ReasonList from 'c/reasonList';

function show(helps, holdsBack) {
    const element = createElement('c-reason-list', { is: ReasonList });
    Object.assign(element, { helps, holdsBack });
    document.body.appendChild(element);
    return (side) => element.shadowRoot.querySelector(`[data-side="${side}"]`);
}

describe('c-reason-list', () => {
    afterEach(() => document.body.replaceChildren());

    it('keeps what helps apart from what holds back, in the given order', async () => {
        const side = show(['gave 5 gifts', 'gives each December'], ['last gave 14 months ago']);
        const texts = (name) => [...side(name).querySelectorAll('li')].map((one) => one.textContent);
        expect(texts('helps')).toEqual(['gave 5 gifts', 'gives each December']);
        expect(texts('holdsBack')).toEqual(['last gave 14 months ago']);
        await expect(document.body).toBeAccessible();
    });

    it('says so where nothing stands out', () => {
        const side = show([], undefined);
        expect(side('helps').querySelector('li')).toBeNull();
        expect(side('holdsBack').querySelector('p').textContent).toBe('c.ReasonList_None');
    });
});
