import { createElement } from 'lwc';
import StatusTile from 'c/statusTile';

function show(tile, busy = false) {
    const element = createElement('c-status-tile', { is: StatusTile });
    Object.assign(element, { tile: { key: 'unsent', title: 'Changes', ...tile }, busy });
    document.body.appendChild(element);
    return element;
}

describe('c-status-tile', () => {
    afterEach(() => document.body.replaceChildren());

    it.each([
        ['good', 'utility:success', 'c.StatusTile_Good'],
        ['watch', 'utility:warning', 'c.StatusTile_Watch'],
        ['bad', 'utility:error', 'c.StatusTile_Bad'],
        ['off', 'utility:info', 'c.StatusTile_Off']
    ])('says %s in a word, a shape and a colour', async (tone, icon, word) => {
        const root = show({ tone, value: 'None.' }).shadowRoot;
        const shown = root.querySelector('lightning-icon');
        expect([shown.iconName, shown.alternativeText]).toEqual([icon, word]);
        expect(root.querySelector('article').classList).toContain(tone);
        expect(root.querySelector('.value').textContent).toBe('None.');
        expect(root.querySelector('.todo')).toBeNull();
        expect(root.querySelector('lightning-button')).toBeNull();
        await expect(document.body).toBeAccessible();
    });

    it('tells which tile was acted on', async () => {
        const element = show({ tone: 'bad', todo: 'Send them.', action: 'Send' });
        const acted = jest.fn();
        element.addEventListener('act', (event) => acted(event.detail));
        const button = element.shadowRoot.querySelector('[data-action="act"]');
        expect([button.label, button.disabled]).toEqual(['Send', false]);
        button.click();
        expect(acted).toHaveBeenCalledWith('unsent');
        await expect(document.body).toBeAccessible();
    });

    it('waits while something is under way', () => {
        const root = show({ tone: 'bad', action: 'Send' }, true).shadowRoot;
        expect(root.querySelector('[data-action="act"]').disabled).toBe(true);
    });
});
