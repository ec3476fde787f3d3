/** What lasts for one transaction: limits used, what was enqueued, whether this is a test. Replaced when a new one begins. */
import { raise } from './errors.mjs';

/** The platform's synchronous limits, and the asynchronous ones where they differ; the names are Limits' own. */
export const LIMITS = {
  Queries: [100, 200, 'SOQL queries'],
  QueryRows: [50000, 50000, 'query rows'],
  SoslQueries: [20, 20, 'SOSL queries'],
  DmlStatements: [150, 150, 'DML statements'],
  DmlRows: [10000, 10000, 'DML rows'],
  Callouts: [100, 100, 'callouts'],
  EmailInvocations: [10, 10, 'Email Invocations'],
  FutureCalls: [50, 0, 'future calls'],
  QueueableJobs: [50, 1, 'queueable jobs added to the queue'],
  PublishImmediateDML: [150, 150, 'immediate event publishes'],
  AggregateQueries: [300, 300, 'aggregate queries'],
  CpuTime: [10000, 60000, 'CPU time'],
  HeapSize: [6000000, 12000000, 'heap size'],
};

export class Transaction {
  constructor({ user, isTest = false, isAsync = false, kind = 'synchronous' }) {
    this.user = user; // {id, name, username, email, profileId, timeZone, locale, language}
    this.isTest = isTest;
    this.isAsync = isAsync;
    this.kind = kind; // synchronous, queueable, future, batch, schedulable, event
    this.isReadOnly = false; // what a page may keep may not write
    this.used = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, 0]));
    this.queue = []; // asynchronous work asked for, in order
    this.events = []; // platform events published, delivered after commit
    this.started = process.cpuUsage();
    this.fatal = null; // what ended the transaction inside a trigger: it ends the caller too
    this.log = []; // System.debug: {level, text, at}
    this.organization = null; // {id, name}
    this.memory = new Map(); // what platform classes remember for the transaction, each under its own name
  }

  /** Milliseconds of this machine's processor, which is not the platform's. */
  cpuTime() {
    return process.cpuUsage(this.started).user / 1000;
  }

  limit(name) {
    if (this.isReadOnly && name === 'DmlStatements') return 0;
    return LIMITS[name][this.isAsync ? 1 : 0];
  }

  /** Count a use; exceeding the limit ends the transaction, as on the platform. */
  charge(name, count = 1) {
    this.used[name] += count;
    if (this.used[name] > this.limit(name)) {
      throw raise('LimitException', `Too many ${LIMITS[name][2]}: ${this.limit(name) + 1}`, { uncatchable: true });
    }
  }
}

export let transaction = null;

/** Start a transaction and give back the one before it, to be restored when this one ends. */
export function begin(options) {
  const before = transaction;
  transaction = options instanceof Transaction || options === null ? options : new Transaction(options);
  return before;
}
