import { tilesOf } from 'c/healthTiles';

jest.mock('@salesforce/i18n/locale', () => ({ default: 'en-US' }), { virtual: true });
jest.mock('@salesforce/i18n/timeZone', () => ({ default: 'UTC' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_PartOf', () => ({ default: '{0} of {1} ({2})' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_RunCompleted', () => ({ default: 'Completed on {0}.' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_Sla', () => ({ default: 'By {0}:00' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_RefusedValue', () => ({ default: '{0} refused, {1} different' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_UnsentValue', () => ({ default: '{0} wait' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_DriftValue', () => ({ default: '{0} of {1} ({2}); usually {3}' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_RolloutPilot', () => ({ default: 'Pilot: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_RolloutUnknown', () => ({ default: '{0} is no mode' }), { virtual: true });
jest.mock('@salesforce/label/c.HealthTiles_RolloutDiffers', () => ({ default: 'wrote {0}' }), { virtual: true });

const NOW = '2026-03-02T09:00:00.000Z';

function run(more = {}) {
    return {
        Id: 'a01',
        Status__c: 'Completed',
        Started_At__c: '2026-03-02T02:00:00.000Z',
        Completed_At__c: '2026-03-02T02:10:00.000Z',
        Mode__c: 'Full',
        Profiles_Changed__c: 20,
        Profiles_Unchanged__c: 980,
        API_Calls__c: 90,
        ...more
    };
}

function health(more = {}) {
    const runs = more.runs ?? [run(), run(), run(), run()];
    return {
        switchedOn: true,
        realTime: true,
        mode: 'Full',
        trialGroup: 0,
        lastRun: runs[0],
        inTime: true,
        dueHour: 6,
        donors: 1010,
        withProfile: 1000,
        excluded: 10,
        outOfDate: 0,
        unsent: 0,
        runs,
        ...more
    };
}

function tile(key, more, connection = { problem: null }) {
    return tilesOf(health(more), connection).find((one) => one.key === key);
}

describe('c/healthTiles', () => {
    beforeEach(() => jest.useFakeTimers({ now: new Date(NOW) }));
    afterEach(() => jest.useRealTimers());

    it('shows a healthy org with nothing to do', () => {
        const tiles = tilesOf(health(), { problem: null });
        expect(tiles.map((one) => one.tone)).toEqual([
            'good', 'good', 'good', 'good', 'good', 'good', 'good', 'off', 'good', 'good'
        ]);
        expect(tiles.filter((one) => one.todo || one.action)).toEqual([]);
    });

    it('says when the last run ended', () => {
        expect(tile('run').value).toMatch(/^Completed on Mar 2, 2026, 2:10\sAM\.$/);
    });

    it.each([
        ['Completed with errors', 'watch'],
        ['Running', 'off'],
        ['Failed', 'bad']
    ])('shows a run that is “%s” as %s', (Status__c, tone) => {
        const found = tile('run', { lastRun: run({ Status__c, Completed_At__c: undefined }) });
        expect(found.tone).toBe(tone);
        expect(found.todo).toBe(tone === 'off' ? undefined : 'c.HealthTiles_RunTodo');
    });

    it('says what to do before the first run', () => {
        const found = tile('run', { lastRun: undefined, runs: [] });
        expect([found.tone, found.todo]).toEqual(['bad', 'c.HealthTiles_RunNoneTodo']);
        expect(tile('refused', { lastRun: undefined, runs: [] }).tone).toBe('good');
        expect(tile('rollout', { lastRun: undefined, runs: [] }).tone).toBe('good');
    });

    it('says whether the morning’s promise was kept', () => {
        expect([tile('sla').title, tile('sla').value]).toEqual(['By 6:00', 'c.HealthTiles_SlaKept']);
        const missed = tile('sla', { inTime: false, dueHour: 7 });
        expect([missed.title, missed.tone, missed.todo]).toEqual(['By 7:00', 'bad', 'c.HealthTiles_SlaTodo']);
    });

    it.each([
        [950, 'good', '950 of 1,000 (95%)'],
        [949, 'watch', '949 of 1,000 (94.9%)'],
        [800, 'watch', '800 of 1,000 (80%)'],
        [799, 'bad', '799 of 1,000 (79.9%)']
    ])('counts %s donors with an answer as %s', (withProfile, tone, value) => {
        const found = tile('coverage', { withProfile });
        expect([found.tone, found.value]).toEqual([tone, value]);
    });

    it('is not worried about an org without donors', () => {
        const empty = { donors: 0, excluded: 0, withProfile: 0 };
        expect([tile('coverage', empty).tone, tile('stale', empty).tone]).toEqual(['good', 'good']);
        expect(tile('coverage', { donors: 1, excluded: 2, withProfile: 0 }).value).toBe('0 of 0 (100%)');
    });

    it.each([
        [10, 'good'],
        [11, 'watch'],
        [100, 'watch'],
        [101, 'bad']
    ])('counts %s answers out of date as %s', (outOfDate, tone) => {
        expect(tile('stale', { outOfDate }).tone).toBe(tone);
    });

    it.each([
        [{ Profiles_Failed__c: 3 }, '3 refused, 0 different'],
        [{ Mismatches__c: 2 }, '0 refused, 2 different']
    ])('shows refused and differing rows', (counts, value) => {
        const found = tile('refused', { lastRun: run(counts) });
        expect([found.tone, found.value, found.todo]).toEqual(['bad', value, 'c.HealthTiles_RefusedTodo']);
    });

    it('offers to send kept changes again', () => {
        const found = tile('unsent', { unsent: 1200 });
        expect([found.tone, found.value, found.action]).toEqual(['watch', '1,200 wait', 'c.HealthTiles_UnsentAction']);
    });

    it('notices a night that changed far more answers than usual', () => {
        const wild = run({ Profiles_Changed__c: 70, Profiles_Unchanged__c: 930 });
        const found = tile('drift', { runs: [wild, run(), run(), run()] });
        expect([found.tone, found.value]).toEqual(['watch', '70 of 1,000 (7%); usually 2%']);
        expect(tile('drift', { runs: [run({ Profiles_Changed__c: 60, Profiles_Unchanged__c: 940 }), run(), run(), run()] }).tone).toBe(
            'good'
        );
    });

    it('compares with the middle of at least three completed runs', () => {
        expect(tile('drift', { runs: [run(), run(), run()] }).value).toBe('c.HealthTiles_DriftFew');
        expect(tile('drift', { runs: [run(), run(), run(), run({ Status__c: 'Failed' })] }).tone).toBe('off');
        const first = run({ Profiles_Changed__c: 1000, Profiles_Unchanged__c: 0 });
        expect(tile('drift', { runs: [run(), first, run(), run()] }).value).toBe('20 of 1,000 (2%); usually 2%');
        const still = run({ Profiles_Changed__c: undefined, Profiles_Unchanged__c: undefined });
        expect(tile('drift', { runs: [still, run(), run(), run()] }).value).toBe('0 of 0 (0%); usually 2%');
    });

    it('adds up the calls of a day', () => {
        const old = run({ Started_At__c: '2026-03-01T08:59:59.000Z' });
        const unknown = run({ API_Calls__c: undefined });
        expect(tile('api', { runs: [run({ API_Calls__c: 1000 }), run(), unknown, old] }).value).toBe('1,090');
    });

    it.each([
        ['while it is tried', {}, undefined, 'off', 'c.HealthTiles_RealTimeTrying'],
        ['where it answers', {}, { problem: null }, 'good', 'c.HealthTiles_RealTimeAnswers'],
        ['where something is in the way', {}, { problem: 'It is busy.' }, 'bad', 'It is busy.'],
        ['where it is off', { realTime: false }, { problem: 'It is busy.' }, 'off', 'c.HealthTiles_RealTimeOff']
    ])('shows real time %s', (_, more, connection, tone, value) => {
        const found = tilesOf(health(more), connection).find((one) => one.key === 'realTime');
        expect([found.tone, found.value]).toEqual([tone, value]);
    });

    it.each([
        [{ mode: 'Full' }, 'good', 'c.HealthTiles_RolloutFull'],
        [{ mode: 'guided', lastRun: run({ Mode__c: 'Guided' }) }, 'good', 'c.HealthTiles_RolloutGuided'],
        [{ mode: 'Pilot', trialGroup: 1200, lastRun: run({ Mode__c: 'Pilot' }) }, 'good', 'Pilot: 1,200'],
        [{ mode: 'Pilot', trialGroup: 0, lastRun: run({ Mode__c: 'Pilot' }) }, 'watch', 'Pilot: 0'],
        [{ mode: 'Shadow' }, 'watch', 'c.HealthTiles_RolloutShadow'],
        [{ mode: 'Everybody' }, 'watch', 'Everybody is no mode'],
        [{ switchedOn: false }, 'watch', 'c.HealthTiles_RolloutOff']
    ])('shows who sees the answers: %o', (more, tone, value) => {
        const found = tile('rollout', more);
        expect([found.tone, found.value]).toEqual([tone, value]);
    });

    it('notices that the last run was more careful than the org asks', () => {
        const found = tile('rollout', { lastRun: run({ Mode__c: 'Shadow' }) });
        expect([found.tone, found.todo]).toEqual(['watch', 'wrote Shadow']);
    });
});
