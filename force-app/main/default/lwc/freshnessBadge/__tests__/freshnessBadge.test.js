import { createElement } from 'lwc';
import FreshnessBadge from 'c/freshnessBadge';

jest.mock('@salesforce/i18n/locale', () => ({ default: 'en-US' }), { virtual: true });
jest.mock('@salesforce/i18n/timeZone', () => ({ default: 'America/Los_Angeles' }), { virtual: true });
jest.mock('@salesforce/label/c.FreshnessBadge_Fresh', () => ({ default: 'Scored {0}, valid until {1}' }), { virtual: true });

function show({ now, stale = false }) {
    jest.useFakeTimers({ now: new Date(now), doNotFake: ['queueMicrotask', 'nextTick', 'setTimeout'] });
    const element = createElement('c-freshness-badge', { is: FreshnessBadge });
    Object.assign(element, { scoredAt: '2026-03-02T10:10:00.000Z', expiresAt: '2026-03-05T10:10:00.000Z', stale });
    document.body.appendChild(element);
    return element.shadowRoot;
}

describe('c-freshness-badge', () => {
    afterEach(() => {
        document.body.replaceChildren();
        jest.useRealTimers();
    });

    it.each([
        ['2026-03-02T17:00:00.000Z', 'today'],
        ['2026-03-03T07:59:00.000Z', 'today'], // still Monday evening in Los Angeles
        ['2026-03-03T17:00:00.000Z', 'yesterday'],
        ['2026-03-05T17:00:00.000Z', '3 days ago']
    ])('says at %s that the donor was scored %s', (now, words) => {
        const root = show({ now });
        expect(root.querySelector('.text').textContent).toBe(`Scored ${words}, valid until Mar 5, 2026`);
        expect(root.querySelector('lightning-badge')).toBeNull();
    });

    it('warns of an answer that has expired', async () => {
        const root = show({ now: '2026-03-09T17:00:00.000Z', stale: true });
        expect(root.querySelector('lightning-badge').label).toBe('c.FreshnessBadge_Stale');
        await expect(document.body).toBeAccessible();
    });
});
