/** System.Limits: what this transaction used, and what it may. */
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';

/** The names of Limits' methods, and the engine's counters behind them. */
const COUNTED = {
  AggregateQueries: 'AggregateQueries',
  Callouts: 'Callouts',
  DmlRows: 'DmlRows',
  DmlStatements: 'DmlStatements',
  EmailInvocations: 'EmailInvocations',
  FutureCalls: 'FutureCalls',
  HeapSize: 'HeapSize',
  PublishImmediateDML: 'PublishImmediateDML',
  Queries: 'Queries',
  QueryRows: 'QueryRows',
  QueueableJobs: 'QueueableJobs',
  SoslQueries: 'SoslQueries',
};
/** Limits the engine does not count: nothing of theirs is used. */
const UNCOUNTED = {
  ApexCursorRows: 50000000,
  AsyncCalls: 200,
  FetchCallsOnApexCursor: 10,
  FieldSetsDescribes: 100,
  FieldsDescribes: 100,
  FindSimilarCalls: 10,
  MobilePushApexCalls: 10,
  QueryLocatorRows: 10000,
  RunAs: 20,
  SavepointRollbacks: 150,
  Savepoints: 150,
  ChildRelationshipsDescribes: 100,
  PicklistDescribes: 100,
  RecordTypesDescribes: 100,
};

function methods() {
  const made = {};
  for (const [name, counter] of Object.entries(COUNTED)) {
    made[`Integer get${name}()`] = () => transaction.used[counter];
    made[`Integer getLimit${name}()`] = () => transaction.limit(counter);
  }
  for (const [name, limit] of Object.entries(UNCOUNTED)) {
    made[`Integer get${name}()`] = () => 0;
    made[`Integer getLimit${name}()`] = () => limit;
  }
  return made;
}

const elapsed = () => Math.round(transaction.cpuTime());

export default platformClass('Limits', {
  static: {
    ...methods(),
    'Integer getCpuTime()': elapsed,
    'Integer getLimitCpuTime()': () => transaction.limit('CpuTime'),
  },
});
