/** @IsTest classes: what there is to run, and one method run. */
import { runQueued, deliverEvents } from './async.mjs';
import { outcome } from './outcomes.mjs';
import { annotated, isTest } from './program.mjs';
import { userClasses } from './registry.mjs';
import { exchange } from './stack.mjs';
import { forgetStatics, prepare } from './statics.mjs';
import { Transaction, begin, transaction } from './transaction.mjs';

/** [{class, methods, setup, seesAllData}] of every test class, or of those named. */
export function listTests({ names = null } = {}) {
  return [...userClasses.values()].filter((info) => isTest(info) && (!names || names.includes(info.name))).map(describe);
}

function describe(info) {
  const all = [...info.methods.values()].flat().filter((method) => method.isStatic && !method.params.length);
  const tests = all.filter((method) => annotated(method, 'istest'));
  const seesAllData = annotated(info, 'istest')?.values.seealldata === true;
  return {
    class: info.name,
    methods: tests.map((method) => method.name),
    setup: all.filter((method) => annotated(method, 'testsetup')).map((method) => method.name),
    seesAllData,
    seesAllDataIn: tests.filter((method) => annotated(method, 'istest').values.seealldata === true).map((method) => method.name),
  };
}

/** One test or set-up method in a transaction of its own; the org undoes what it wrote. */
export function runTest({ class: name, method, user, organization, seesAllData = false }) {
  const before = exchange();
  const outer = begin(new Transaction({ user, isTest: true }));
  Object.assign(transaction, { organization, seesAllData });
  forgetStatics();
  const started = performance.now();
  const found = outcome(() => {
    const info = userClasses.get(name.toLowerCase());
    prepare(info);
    info.methods.get(method.toLowerCase()).find((one) => !one.params.length).call();
    if (transaction.memory.get('stopped') !== true) finishUnstopped();
  });
  transaction.used.CpuTime = Math.round(transaction.cpuTime());
  const report = { ...found, value: undefined, ms: performance.now() - started, used: transaction.used, log: transaction.log };
  begin(outer);
  exchange(before);
  return report;
}

/** Work enqueued by a test that never called stopTest still runs before the test ends. */
function finishUnstopped() {
  deliverEvents();
  runQueued();
}
