import { createElement } from 'lwc';
import ScoreTrend from 'c/scoreTrend';

jest.mock('@salesforce/i18n/locale', () => ({ default: 'en-US' }), { virtual: true });
jest.mock('@salesforce/label/c.ScoreTrend_FromTo', () => ({ default: 'From {0} in {1} to {2} in {3}' }), { virtual: true });

function show(points) {
    const element = createElement('c-score-trend', { is: ScoreTrend });
    element.points = points;
    document.body.appendChild(element);
    return element.shadowRoot;
}

const heights = (root) =>
    root
        .querySelector('polyline')
        .getAttribute('points')
        .split(' ')
        .map((one) => Number(one.split(',')[1]));

describe('c-score-trend', () => {
    afterEach(() => document.body.replaceChildren());

    it('says in words what the line shows', async () => {
        const root = show([
            { month: '2026-10', score: 31.2 },
            { month: '2026-11', score: 33 }
        ]);
        expect(root.querySelector('.text').textContent).toBe('From 31 in October to 33 in November');
        expect(root.querySelector('svg').getAttribute('aria-hidden')).toBe('true');
        await expect(document.body).toBeAccessible();
    });

    it('names the years once there is more than one', () => {
        const root = show([
            { month: '2025-11', score: 8 },
            { month: '2026-11', score: 60.5 }
        ]);
        expect(root.querySelector('.text').textContent).toBe('From 8 in November 2025 to 61 in November 2026');
    });

    it('draws higher likelihoods higher, on a scale of 0 to 100', () => {
        const root = show([
            { month: '2026-01', score: 0 },
            { month: '2026-02', score: 50 },
            { month: '2026-03', score: 100 }
        ]);
        expect(heights(root)).toEqual([36, 20, 4]);
        expect(root.querySelector('circle').getAttribute('cx')).toBe('196');
    });

    it('leaves the gap of a month without a score', () => {
        const root = show([
            { month: '2025-12', score: 10 },
            { month: '2026-01', score: 10 },
            { month: '2026-04', score: 10 }
        ]);
        const across = root.querySelector('polyline').getAttribute('points').split(' ');
        expect(across.map((one) => Number(one.split(',')[0]))).toEqual([4, 52, 196]);
    });

    it.each([
        ['no month', []],
        ['one month', [{ month: '2026-11', score: 33 }]],
        ['no list at all', undefined]
    ])('shows nothing of %s', (_, points) => {
        expect(show(points).querySelector('svg, p, h4')).toBeNull();
    });
});
