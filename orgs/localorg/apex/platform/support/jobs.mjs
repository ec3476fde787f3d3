/** Asynchronous work asked for: it waits in the transaction's queue, and in the org as a job. */
import { isInstance } from '../../engine/calls.mjs';
import { idOf } from '../../engine/cast.mjs';
import { raise } from '../../engine/errors.mjs';
import { org } from '../../engine/org.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { given } from './arguments.mjs';
import { checkCron } from './cron.mjs';
import { now } from './clock.mjs';

const DEFAULT_SCOPE = 200;
const MAX_SCOPE = 2000;

function push(kind, job) {
  transaction.queue.push({ kind, ...job });
  return idOf(job.jobId);
}

/** System.enqueueJob. `options`: delay in minutes, maximumQueueableStackDepth, duplicateSignature. */
export function enqueue(queueable, options = {}) {
  if (!isInstance(given(queueable), 'Queueable')) throw raise('AsyncException', 'System.enqueueJob takes a Queueable');
  transaction.charge('QueueableJobs');
  refuseDuplicate(options.duplicateSignature);
  refuseDepth(options.maximumQueueableStackDepth);
  const jobId = org.ask('job', { kind: 'Queueable', class: queueable.cls.name, method: null });
  return push('queueable', { instance: queueable, options, jobId });
}

function refuseDuplicate(signature) {
  if (!signature) return;
  const seen = transaction.memory.get('job signatures') ?? new Set();
  transaction.memory.set('job signatures', seen);
  const text = signature.state?.text ?? '';
  if (seen.has(text)) throw raise('DuplicateMessageException', 'Attempt to enqueue job with duplicate queueable signature');
  seen.add(text);
}

function refuseDepth(maximum) {
  if (maximum && (transaction.depth ?? 0) >= maximum) {
    throw raise('AsyncException', `Maximum stack depth has been reached.`);
  }
}

export function attachFinalizer(finalizer) {
  if (transaction.kind !== 'queueable') throw raise('HandledException', 'Finalizers can only be attached in a queueable job');
  if (transaction.memory.has('finalizer')) throw raise('HandledException', 'More than one Finalizer cannot be attached to same Async Apex Job');
  transaction.memory.set('finalizer', given(finalizer));
}

/** Database.executeBatch. */
export function executeBatch(batch, scope = DEFAULT_SCOPE) {
  if (!isInstance(given(batch), 'Database.Batchable')) throw raise('AsyncException', 'Database.executeBatch takes a Batchable');
  if (scope !== null && scope <= 0) throw raise('TypeException', 'Invalid value for scope size: it must be more than 0');
  const jobId = org.ask('job', { kind: 'BatchApex', class: batch.cls.name, method: null });
  return push('batch', { instance: batch, options: { scope: Math.min(scope ?? DEFAULT_SCOPE, MAX_SCOPE) }, jobId });
}

/** System.schedule: gives the id of the CronTrigger. */
export function schedule(name, expression, job) {
  checkCron(given(expression, 2));
  const jobId = org.ask('cron', { name: given(name), expression, class: given(job, 3).cls.name });
  push('schedulable', { instance: job, expression, name, jobId });
  return jobId;
}

/** System.scheduleBatch: once, that many minutes from now. */
export function scheduleBatch(batch, name, minutes, scope = DEFAULT_SCOPE) {
  const at = new Date(now() + minutes * 60000);
  const expression = `0 ${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} ? ${at.getUTCFullYear()}`;
  const jobId = org.ask('cron', { name: given(name), expression, class: given(batch).cls.name });
  push('schedulable', { instance: batch, options: { scope }, expression, name, jobId });
  return jobId;
}

export function abortJob(id) {
  const wanted = idOf(given(id)).value;
  transaction.queue = transaction.queue.filter((job) => job.jobId !== wanted);
  org.ask('abort', { id: wanted });
}
