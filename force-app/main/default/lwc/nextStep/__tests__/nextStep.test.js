import { createElement } from 'lwc';
import NextStep from 'c/nextStep';

jest.mock('@salesforce/label/c.NextStep_WhoActs', () => ({ default: 'Who acts: {0}' }), { virtual: true });

function show(parts) {
    const element = createElement('c-next-step', { is: NextStep });
    Object.assign(element, parts);
    document.body.appendChild(element);
    return element.shadowRoot;
}

describe('c-next-step', () => {
    afterEach(() => document.body.replaceChildren());

    it('shows the step, what to say, and who acts', async () => {
        const root = show({ step: 'Call.', talkingPoints: 'Thank by name.', response: 'A person now', owner: 'Contact owner' });
        expect(root.querySelector('.step').textContent).toBe('Call.');
        expect(root.querySelector('.talking-points').textContent).toBe('Thank by name.');
        expect(root.querySelector('.who-acts').textContent).toBe('Who acts: c.KnownWords_PersonNow · c.KnownWords_ContactOwner');
        await expect(document.body).toBeAccessible();
    });

    it('names the response alone when no rule says who', () => {
        expect(show({ response: 'Watch' }).querySelector('.who-acts').textContent).toBe('Who acts: c.KnownWords_Watch');
    });

    it('has no line for what the donor has not', () => {
        const root = show({ step: 'Call.' });
        expect(root.querySelector('.talking-points')).toBeNull();
        expect(root.querySelector('.who-acts')).toBeNull();
    });

    it('shows no empty heading', () => {
        expect(show({}).querySelector('h3')).toBeNull();
    });
});
