/** System.Request: what kind of request runs this code. */
import { randomUUID } from 'node:crypto';
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { transaction } from '../../engine/transaction.mjs';

const QUIDDITIES = { queueable: 'QUEUEABLE', future: 'FUTURE', batch: 'BATCH_APEX', schedulable: 'SCHEDULED', anonymous: 'ANONYMOUS', aura: 'AURA', rest: 'REST' };

function quiddity() {
  const name = QUIDDITIES[transaction.kind] ?? (transaction.isTest ? 'RUNTEST_SYNC' : 'SYNCHRONOUS');
  return findPlatform('Quiddity').values.find((value) => value.name === name);
}

function current() {
  if (!transaction.memory.has('request id')) transaction.memory.set('request id', randomUUID());
  return make('Request', { id: transaction.memory.get('request id') });
}

export default platformClass('Request', {
  static: { 'Request getCurrent()': current },
  instance: { 'Quiddity getQuiddity()': quiddity, 'String getRequestId()': (self) => self.state.id },
});
