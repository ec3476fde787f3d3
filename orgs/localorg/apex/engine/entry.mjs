/** Ways into Apex from outside: triggers, anonymous code, @AuraEnabled and @InvocableMethod methods, jobs; each a transaction. */
import { runJob } from './async.mjs';
import { callAction } from './invocable.mjs';
import { outcome } from './outcomes.mjs';
import { callFromPage } from './pages.mjs';
import { anonymousCode } from './program.mjs';
import { callByUrl } from './restresources.mjs';
import { exchange } from './stack.mjs';
import { forgetStatics, keepStatics } from './statics.mjs';
import { Transaction, begin, transaction } from './transaction.mjs';
import { fireRequest } from './triggers.mjs';

const interrupted = []; // transactions that wait for a callout while another runs

/** The org begins a transaction; triggers that fire in it share limits and statics. */
export function beginTransaction({ user, organization, isAsync = false, kind = 'synchronous' }) {
  const statics = transaction ? keepStatics() : null;
  const frames = exchange();
  const outer = begin(new Transaction({ user, isAsync, kind }));
  interrupted.push({ outer, frames, statics });
  forgetStatics();
  transaction.organization = organization;
  return {};
}

/** What is left to do after the org's transaction: jobs that were enqueued. */
export function endTransaction() {
  const queued = transaction.queue.map((job) => keep(job));
  const { used, log } = transaction;
  const { outer, frames, statics } = interrupted.pop();
  begin(outer);
  exchange(frames);
  statics?.();
  return { queued, used, log };
}

const jobs = new Map(); // job id → job, until the org has it run

function keep(job) {
  jobs.set(String(job.jobId), job);
  const cls = job.instance?.cls ?? job.method.owner;
  const { expression = null, options, kind } = job;
  return { id: String(job.jobId), kind, class: cls.name, user: transaction.user.id, expression, delay: options?.delay ?? 0 };
}

export const runTriggers = (request) => outcome(() => fireRequest(request));
export const runForPage = (request) => outcome(() => callFromPage(request));
export const runForUrl = (request) => outcome(() => callByUrl(request));
export const runForFlow = (request) => outcome(() => callAction(request));
export const runAnonymous = ({ code }) => outcome(() => anonymousCode(code)());

/** Platform events reach their triggers. */
export function runDelivery({ sobject, records }) {
  const found = outcome(() => fireRequest({ sobject, when: 'after', operation: 'insert', records, old: null, handlers: [] }));
  return { ...found, checkpoint: transaction.memory.get('event trigger')?.checkpoint ?? null };
}

/** A job kept by endTransaction. */
export function runKept({ id }) {
  const job = jobs.get(id);
  if (!job) return { ok: false, type: 'System.AsyncException', message: `Job ${id} was lost when the code was deployed anew`, trace: '' };
  if (job.kind !== 'schedulable') jobs.delete(id);
  return outcome(() => runJob(job));
}
