import { createElement } from 'lwc';
import FreshnessBadge from 'c/freshnessBadge';

function show(stale) {
    const element = createElement('c-freshness-badge', { is: FreshnessBadge });
    Object.assign(element, { scoredAt: '2026-03-01T02:10:00.000Z', expiresAt: '2026-03-04T02:10:00.000Z', stale });
    document.body.appendChild(element);
    return element.shadowRoot;
}

describe('c-freshness-badge', () => {
    afterEach(() => document.body.replaceChildren());

    it('says when the answer was worked out and how long it is valid', async () => {
        const root = show(false);
        expect(root.querySelector('lightning-relative-date-time').value).toBe('2026-03-01T02:10:00.000Z');
        expect(root.querySelector('lightning-formatted-date-time').value).toBe('2026-03-04T02:10:00.000Z');
        expect(root.querySelector('lightning-badge')).toBeNull();
        await expect(document.body).toBeAccessible();
    });

    it('warns of an answer that has expired', () => {
        expect(show(true).querySelector('lightning-badge').label).toBe('c.FreshnessBadge_Stale');
    });
});
