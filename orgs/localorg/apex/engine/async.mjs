/** Asynchronous Apex: what was enqueued, and how each kind of job runs. */
import { invoke, isInstance, make } from './calls.mjs';
import { raise } from './errors.mjs';
import { iterate } from './iteration.mjs';
import { org } from './org.mjs';
import { fire, TriggerContext } from './triggers.mjs';
import { Transaction, begin, transaction } from './transaction.mjs';
import { ApexList, Instance } from './values.mjs';
import { SOBJECT, listOf } from './types.mjs';

const BATCH_SIZE = 200;

/** A call of an @future method: enqueued instead of made. */
export function future(method, ...args) {
  if (transaction.kind === 'future' || transaction.kind === 'batch') {
    throw raise('AsyncException', `Future method cannot be called from a future or batch method: ${method.owner.name}.${method}`);
  }
  transaction.charge('FutureCalls');
  const jobId = org.ask('job', { kind: 'Future', class: method.owner.name, method: method.name });
  transaction.queue.push({ kind: 'future', method, args, jobId });
  return null;
}

/** Everything enqueued so far runs now, each job as a transaction of its own: what Test.stopTest does. */
export function runQueued() {
  const caller = transaction;
  while (caller.queue.length) {
    const job = caller.queue.shift();
    const chained = inside(caller, job, () => runJob(job));
    caller.queue.push(...chained.filter((next) => job.kind !== 'queueable' || next.kind !== 'queueable'));
  }
}

/** A job's own limits and queue inside the test's transaction. */
function inside(caller, job, work) {
  const own = new Transaction({ user: caller.user, isTest: caller.isTest, isAsync: true, kind: job.kind });
  Object.assign(own, { organization: caller.organization, memory: caller.memory, log: caller.log, depth: (caller.depth ?? 0) + 1 });
  begin(own);
  try {
    work();
    deliverEvents();
  } finally {
    begin(caller);
  }
  return own.queue;
}

/** One job. A finalizer hears of its failure before the failure goes on. */
export function runJob(job) {
  org.ask('jobStarted', { id: job.jobId });
  try {
    RUNNERS[job.kind](job);
  } catch (problem) {
    org.ask('jobEnded', { id: job.jobId, problem: String(problem.value?.state?.message ?? problem.message ?? 'failed') });
    finalize(job, problem.value ?? null);
    throw problem;
  }
  org.ask('jobEnded', { id: job.jobId, problem: null });
  finalize(job, null);
}

const RUNNERS = {
  queueable: ({ instance, jobId }) => invoke(instance, 'execute', [make('QueueableContextImpl', { jobId })]),
  schedulable: ({ instance, jobId }) => invoke(instance, 'execute', [make('SchedulableContextImpl', { triggerId: jobId })]),
  future: ({ method, args }) => method.call(...args),
  batch: runBatch,
};

function finalize(job, exception) {
  const finalizer = transaction.memory.get('finalizer') ?? null;
  transaction.memory.delete('finalizer');
  if (finalizer) invoke(finalizer, 'execute', [make('FinalizerContextImpl', { jobId: job.jobId, exception })]);
}

/** Unless the class is Stateful each call finds the fields as they were when the job was asked for. */
function runBatch({ instance, options, jobId }) {
  const context = make('Database.BatchableContextImpl', { jobId, childJobId: jobId });
  const size = options?.scope ?? options?.size ?? options?.scopeSize ?? BATCH_SIZE;
  const fields = { ...instance };
  const renew = isInstance(instance, 'Database.Stateful') ? () => {} : () => Object.assign(instance, fields);
  const found = scopeOf(invoke(instance, 'start', [context]));
  for (let from = 0; from < found.items.length; from += size) {
    renew();
    invoke(instance, 'execute', [context, new ApexList(found.type, found.items.slice(from, from + size))]);
  }
  renew();
  invoke(instance, 'finish', [context]);
}

/** What start gave: a query locator's records, a list's, any iterable's. */
function scopeOf(given) {
  if (given instanceof ApexList) return given;
  if (given instanceof Instance && given.state?.list) return given.state.list;
  const cursor = iterate(given);
  const items = [];
  while (cursor.next()) items.push(cursor.value);
  cursor.done();
  return new ApexList(listOf(SOBJECT), items);
}

/** Platform events published so far reach their triggers, those of the triggers too. */
export function deliverEvents() {
  while (transaction.events.length) {
    const name = transaction.events[0].type.name;
    const records = transaction.events.filter((event) => event.type.name === name);
    transaction.events = transaction.events.filter((event) => event.type.name !== name);
    fire(new TriggerContext(name, 'after', 'insert', records, null));
  }
}
