/** System's own methods: assertions, debug output, the clock, jobs, what kind of work this is. */
import { make } from '../../engine/calls.mjs';
import { equals } from '../../engine/equality.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { toText } from '../../engine/text.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { whereNow } from '../../engine/stack.mjs';
import { Datetime } from '../../engine/values.mjs';
import { areEqual, areNotEqual, isTrue } from '../support/assertions.mjs';
import { given } from '../support/arguments.mjs';
import { now } from '../support/clock.mjs';
import { abortJob, attachFinalizer, enqueue, schedule, scheduleBatch } from '../support/jobs.mjs';
import { hashOf } from '../support/hashcodes.mjs';
import { today } from '../dates/Date.mjs';

const MAX_LOG = 10000;

function debug(level, value) {
  transaction.log ??= [];
  if (transaction.log.length < MAX_LOG) transaction.log.push({ level, text: toText(value), at: whereNow() });
}

const kindIs = (kind) => () => transaction.kind === kind;

export default platformClass('System.System', {
  static: {
    'void assert(Boolean condition)': (condition) => isTrue(condition),
    'void assert(Boolean condition, Object message)': isTrue,
    'void assertEquals(Object expected, Object actual)': (expected, actual) => areEqual(expected, actual),
    'void assertEquals(Object expected, Object actual, Object message)': areEqual,
    'void assertNotEquals(Object expected, Object actual)': (expected, actual) => areNotEqual(expected, actual),
    'void assertNotEquals(Object expected, Object actual, Object message)': areNotEqual,
    'void debug(Object value)': (value) => debug('DEBUG', value),
    'void debug(LoggingLevel level, Object value)': (level, value) => debug(given(level).name, value),
    'Long currentTimeMillis()': () => BigInt(now()),
    'Datetime now()': () => new Datetime(now()),
    'Date today()': today,
    'Boolean equals(Object first, Object second)': equals,
    'Integer hashCode(Object value)': hashOf,
    'Id enqueueJob(Object queueable)': (queueable) => enqueue(queueable),
    'Id enqueueJob(Object queueable, Integer delay)': (queueable, delay) => enqueue(queueable, { delay }),
    'Id enqueueJob(Object queueable, AsyncOptions options)': (queueable, options) => enqueue(queueable, options?.state ?? {}),
    'void attachFinalizer(Finalizer finalizer)': attachFinalizer,
    'String schedule(String name, String cronExpression, Schedulable job)': schedule,
    'String scheduleBatch(Database.Batchable<SObject> job, String name, Integer minutes)': (job, name, minutes) => scheduleBatch(job, name, minutes),
    'String scheduleBatch(Database.Batchable<SObject> job, String name, Integer minutes, Integer size)': scheduleBatch,
    'void abortJob(String id)': abortJob,
    'Boolean isBatch()': kindIs('batch'),
    'Boolean isFuture()': kindIs('future'),
    'Boolean isQueueable()': kindIs('queueable'),
    'Boolean isScheduled()': kindIs('schedulable'),
    'Boolean isFunctionCallback()': () => false,
    'Version requestVersion()': () => make('Version', { parts: [0, 0, 0] }),
    'ApplicationReadWriteMode getApplicationReadWriteMode()': () => findPlatform('ApplicationReadWriteMode').values[0],
    'String getQuiddityShortCode(Quiddity quiddity)': (quiddity) => given(quiddity).name.slice(0, 1),
    'PageReference currentPageReference()': () => transaction.memory.get('page') ?? null,
    'void setPassword(Id user, String password)': notEmulated('System.setPassword'),
    'Object resetPassword(Id user, Boolean sendEmail)': notEmulated('System.resetPassword'),
    'Integer purgeOldAsyncJobs(Date before)': notEmulated('System.purgeOldAsyncJobs'),
  },
});
