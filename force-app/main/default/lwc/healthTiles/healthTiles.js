/** How the state of things looks to an administrator: from HealthController's answer to tiles in words, with what to do. */
import locale from '@salesforce/i18n/locale';
import timeZone from '@salesforce/i18n/timeZone';
import { format } from 'c/messages';
import { labels } from './labels';

const NUMBER = new Intl.NumberFormat(locale);
const SHARE = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const MOMENT = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
const DAY = 24 * 60 * 60 * 1000;
const COVERED = { good: 0.95, watch: 0.8 };
const STALE = { good: 0.01, watch: 0.1 };
const ENOUGH_RUNS = 3;
// A night that changes three times as many answers as usual, and not just a handful, is one to look at.
const FAR_MORE = 3;
const A_HANDFUL = 0.05;
const RUNS = {
    Completed: ['good', labels.runCompleted],
    'Completed with errors': ['watch', labels.runWithErrors],
    Running: ['off', labels.runRunning],
    Failed: ['bad', labels.runFailed]
};
const MODES = {
    Full: labels.rolloutFull,
    Pilot: labels.rolloutPilot,
    Guided: labels.rolloutGuided,
    Shadow: labels.rolloutShadow
};

/** `connection` is undefined while it is tried; then `{ problem }`, which is null where the service answers. */
export function tilesOf(health, connection) {
    return [
        runTile(health.lastRun),
        slaTile(health),
        coverageTile(health),
        staleTile(health),
        refusedTile(health.lastRun),
        unsentTile(health.unsent),
        driftTile(health.runs),
        apiTile(health.runs),
        realTimeTile(health.realTime, connection),
        rolloutTile(health)
    ];
}

/** What there is to do is said only where something is to do. */
function tile(key, tone, title, value, todo) {
    return { key, tone, title, value, todo: tone === 'good' || tone === 'off' ? undefined : todo };
}

function runTile(run) {
    if (!run) {
        return tile('run', 'bad', labels.run, labels.runNone, labels.runNoneTodo);
    }
    const [tone, text] = RUNS[run.Status__c];
    const moment = new Date(run.Completed_At__c ?? run.Started_At__c);
    return tile('run', tone, labels.run, format(text, MOMENT.format(moment)), labels.runTodo);
}

function slaTile({ inTime, dueHour }) {
    const value = inTime ? labels.slaKept : labels.slaMissed;
    return tile('sla', inTime ? 'good' : 'bad', format(labels.sla, dueHour), value, labels.slaTodo);
}

function coverageTile({ donors, excluded, withProfile }) {
    const eligible = Math.max(donors - excluded, 0);
    const covered = share(withProfile, eligible, 1);
    const tone = covered >= COVERED.good ? 'good' : covered >= COVERED.watch ? 'watch' : 'bad';
    return tile('coverage', tone, labels.coverage, partOf(withProfile, eligible, covered), labels.coverageTodo);
}

function staleTile({ outOfDate, withProfile }) {
    const stale = share(outOfDate, withProfile, 0);
    const tone = stale <= STALE.good ? 'good' : stale <= STALE.watch ? 'watch' : 'bad';
    return tile('stale', tone, labels.stale, partOf(outOfDate, withProfile, stale), labels.staleTodo);
}

function refusedTile(run) {
    const counts = [run?.Profiles_Failed__c ?? 0, run?.Mismatches__c ?? 0];
    const any = counts.some((count) => count > 0);
    const value = any ? format(labels.refusedValue, ...counts.map((count) => NUMBER.format(count))) : labels.none;
    return tile('refused', any ? 'bad' : 'good', labels.refused, value, labels.refusedTodo);
}

function unsentTile(unsent) {
    if (!unsent) {
        return tile('unsent', 'good', labels.unsent, labels.none);
    }
    const value = format(labels.unsentValue, NUMBER.format(unsent));
    return { ...tile('unsent', 'watch', labels.unsent, value, labels.unsentTodo), action: labels.unsentAction };
}

function driftTile(runs) {
    const [last, ...before] = runs.filter((run) => run.Status__c.startsWith('Completed')).map(changes);
    if (before.length < ENOUGH_RUNS) {
        return tile('drift', 'off', labels.drift, labels.driftFew);
    }
    const usual = median(before.map((one) => one.share));
    const tone = last.share > FAR_MORE * usual && last.share > A_HANDFUL ? 'watch' : 'good';
    const counts = [last.changed, last.all].map((count) => NUMBER.format(count));
    const value = format(labels.driftValue, ...counts, SHARE.format(last.share), SHARE.format(usual));
    return tile('drift', tone, labels.drift, value, labels.driftTodo);
}

function changes(run) {
    const changed = run.Profiles_Changed__c ?? 0;
    const all = changed + (run.Profiles_Unchanged__c ?? 0);
    return { changed, all, share: share(changed, all, 0) };
}

function apiTile(runs) {
    const since = Date.now() - DAY;
    const recent = runs.filter((run) => new Date(run.Started_At__c) >= since);
    const calls = recent.reduce((sum, run) => sum + (run.API_Calls__c ?? 0), 0);
    return tile('api', 'off', labels.api, NUMBER.format(calls));
}

function realTimeTile(isOn, connection) {
    if (!isOn) {
        return tile('realTime', 'off', labels.realTime, labels.realTimeOff);
    }
    if (!connection) {
        return tile('realTime', 'off', labels.realTime, labels.realTimeTrying);
    }
    const { problem } = connection;
    return tile('realTime', problem ? 'bad' : 'good', labels.realTime, problem ?? labels.realTimeAnswers, labels.realTimeTodo);
}

function rolloutTile({ switchedOn, mode, trialGroup, lastRun }) {
    if (!switchedOn) {
        return tile('rollout', 'watch', labels.rollout, labels.rolloutOff, labels.rolloutTodo);
    }
    const known = Object.keys(MODES).find((one) => one.toLowerCase() === mode.toLowerCase());
    const value = format(MODES[known] ?? labels.rolloutUnknown, known === 'Pilot' ? NUMBER.format(trialGroup) : mode);
    if (!known || known === 'Shadow' || (known === 'Pilot' && !trialGroup)) {
        return tile('rollout', 'watch', labels.rollout, value, labels.rolloutTodo);
    }
    const differs = lastRun && lastRun.Mode__c !== known;
    return tile('rollout', differs ? 'watch' : 'good', labels.rollout, value, format(labels.rolloutDiffers, lastRun?.Mode__c));
}

function partOf(part, whole, shared) {
    return format(labels.partOf, NUMBER.format(part), NUMBER.format(whole), SHARE.format(shared));
}

function share(part, whole, ofNothing) {
    return whole ? part / whole : ofNothing;
}

function median(numbers) {
    const sorted = [...numbers].sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)];
}
