import { contactUrl, day, dayOf, days, money, today } from 'c/display';

describe('c/display', () => {
    it('shows whole amounts', () => {
        expect(money(1234.4)).toBe('$1,234');
    });

    it('shows a day of the calendar whatever the time zone, and one day only once', () => {
        expect(day('2026-03-02')).toBe('Mar 2');
        expect(days('2026-03-02', '2026-03-02')).toBe('Mar 2');
        expect(days('2026-03-02')).toBe('Mar 2');
        expect(days('2026-03-02', '2026-03-20')).toMatch(/^Mar 2\s–\s20$/);
    });

    it('shows the day of a moment where the reader is', () => {
        expect(dayOf('2026-03-02T02:00:00.000Z')).toBe('Mar 1, 2026');
    });

    it('knows the reader’s today', () => {
        jest.useFakeTimers({ now: new Date('2026-03-02T02:00:00.000Z') });
        expect(today()).toBe('2026-03-01');
        jest.useRealTimers();
    });

    it('leads to a Contact', () => {
        expect(contactUrl('003000000000001AAA')).toBe('/lightning/r/Contact/003000000000001AAA/view');
    });
});
