/** System.AsyncOptions, QueueableDuplicateSignature and AsyncInfo: how a queueable job is to run, and how deep its chain is. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { toText } from '../../engine/text.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { given } from '../support/arguments.mjs';

const property = (name) => ({
  get: (self) => self.state[name],
  set: (self, value) => {
    self.state[name] = value;
  },
});

export default platformClass('AsyncOptions', {
  constructors: {
    'AsyncOptions()': () => ({ maximumQueueableStackDepth: null, minimumQueueableDelayInMinutes: null, duplicateSignature: null }),
  },
  properties: {
    'QueueableDuplicateSignature duplicateSignature': property('duplicateSignature'),
    'Integer maximumQueueableStackDepth': property('maximumQueueableStackDepth'),
    'Integer minimumQueueableDelayInMinutes': property('minimumQueueableDelayInMinutes'),
  },
});

platformClass('QueueableDuplicateSignature', {});

/** Adds texts, numbers and ids up to one signature. */
function add(self, value) {
  self.state.parts.push(toText(given(value)));
  return self;
}

platformClass('QueueableDuplicateSignature.Builder', {
  constructors: { 'Builder()': () => ({ parts: [] }) },
  instance: {
    'QueueableDuplicateSignature.Builder addId(Id value)': add,
    'QueueableDuplicateSignature.Builder addInteger(Integer value)': add,
    'QueueableDuplicateSignature.Builder addString(String value)': add,
    'QueueableDuplicateSignature build()': (self) => make('QueueableDuplicateSignature', { text: self.state.parts.join('\n') }),
  },
});

platformClass('AsyncInfo', {
  static: {
    'Integer getCurrentQueueableStackDepth()': () => transaction.depth ?? 0,
    'Integer getMaximumQueueableStackDepth()': () => transaction.maximumDepth ?? null,
    'Integer getMinimumQueueableDelayInMinutes()': () => transaction.minimumDelay ?? null,
    'Boolean hasMaxStackDepth()': () => Boolean(transaction.maximumDepth),
  },
});
