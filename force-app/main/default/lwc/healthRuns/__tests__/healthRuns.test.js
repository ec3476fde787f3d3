import { createElement } from 'lwc';
import HealthRuns from 'c/healthRuns';

jest.mock('@salesforce/i18n/timeZone', () => ({ default: 'America/Los_Angeles' }), { virtual: true });

const RUNS = [
    {
        Id: 'a01000000000001AAA',
        Started_At__c: '2026-03-02T02:00:00.000Z',
        Status__c: 'Completed with errors',
        Mode__c: 'Pilot',
        Profiles_Changed__c: 12,
        Profiles_Failed__c: 1,
        API_Calls__c: 90,
        Message__c: 'The org refused 1 profiles.'
    },
    { Id: 'a01000000000002AAA', Started_At__c: '2026-03-01T02:00:00.000Z', Status__c: 'Completed', Mode__c: 'Pilot' }
];

function show(runs) {
    const element = createElement('c-health-runs', { is: HealthRuns });
    element.runs = runs;
    document.body.appendChild(element);
    return element.shadowRoot;
}

describe('c-health-runs', () => {
    afterEach(() => document.body.replaceChildren());

    it('shows a run a row, the latest first, with its message', async () => {
        const root = show(RUNS);
        const rows = [...root.querySelectorAll('tbody tr')];
        expect(rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent))).toEqual([
            ['Completed with errors', 'Pilot', '', '', '', 'The org refused 1 profiles.'],
            ['Completed', 'Pilot', '', '', '', '']
        ]);
        const moment = rows[0].querySelector('lightning-formatted-date-time');
        expect([moment.value, moment.timeZone]).toEqual([RUNS[0].Started_At__c, 'America/Los_Angeles']);
        const numbers = [...rows[0].querySelectorAll('lightning-formatted-number')].map((one) => one.value);
        expect(numbers).toEqual([12, 1, 90]);
        expect(root.querySelectorAll('thead th')).toHaveLength(7);
        await expect(document.body).toBeAccessible();
    });

    it('shows nothing before the first run', () => {
        expect(show([]).querySelector('table')).toBeNull();
    });
});
