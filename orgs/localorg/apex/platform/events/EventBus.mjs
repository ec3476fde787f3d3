/** System.EventBus: platform events published; their triggers run after the transaction, or when a test delivers them. */
import { deliverEvents } from '../../engine/async.mjs';
import { invoke, make, responds } from '../../engine/calls.mjs';
import { platformClass, platformException, platformInterface } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { constructors } from '../exceptions/Exception.mjs';
import { given } from '../support/arguments.mjs';
import { publish } from '../support/events.mjs';
import { resultOf, resultsOf } from '../support/results.mjs';

const SAVED = 'Database.SaveResult';

function one(event, callback = null) {
  return resultOf(SAVED, publish([given(event)], callback)[0]);
}

const many = (events, callback = null) => resultsOf(SAVED, publish(given(events).items, callback));

export default platformClass('EventBus', {
  aliases: ['EventBus.EventBus'],
  static: {
    'Database.SaveResult publish(SObject event)': (event) => one(event),
    'Database.SaveResult publish(SObject event, Object callback)': one,
    'List<Database.SaveResult> publish(List<SObject> events)': (events) => many(events),
    'List<Database.SaveResult> publish(List<SObject> events, Object callback)': many,
    'String getOperationId(Database.SaveResult result)': (result) => given(result).state.operationId ?? null,
  },
});

platformException('EventBus.RetryableException', { constructors: constructors('RetryableException') });
platformException('EventBus.InvalidReplayIdException', { constructors: constructors('InvalidReplayIdException') });

platformInterface('EventBus.EventPublishFailureCallback', ['void onFailure(EventBus.FailureResult result)']);
platformInterface('EventBus.EventPublishSuccessCallback', ['void onSuccess(EventBus.SuccessResult result)']);

const uuids = (self) => self.state.uuids;
platformClass('EventBus.SuccessResult', { instance: { 'List<String> getEventUuids()': uuids } });
platformClass('EventBus.FailureResult', { instance: { 'List<String> getEventUuids()': uuids } });

/** What a trigger on an event knows of its run. */
platformClass('EventBus.TriggerContext', {
  static: {
    'EventBus.TriggerContext currentContext()': () => {
      if (!transaction.memory.has('event trigger')) transaction.memory.set('event trigger', { retries: 0, checkpoint: null, lastError: null });
      return make('EventBus.TriggerContext', transaction.memory.get('event trigger'));
    },
  },
  properties: {
    'Integer retries': { get: (self) => self.state.retries },
    'String lastError': { get: (self) => self.state.lastError },
  },
  instance: {
    'String getResumeCheckpoint()': (self) => self.state.checkpoint,
    'void setResumeCheckpoint(String replayId)': (self, replayId) => {
      self.state.checkpoint = replayId;
    },
  },
});

function deliver() {
  deliverEvents();
  const waiting = transaction.memory.get('publish callbacks') ?? [];
  transaction.memory.set('publish callbacks', []);
  for (const { callback, ids } of waiting) if (responds(callback, 'onSuccess', 1)) invoke(callback, 'onSuccess', [make('EventBus.SuccessResult', { uuids: ids })]);
}

/** As if the event bus were down: the callbacks hear of a failure, nobody receives the events. */
function fail() {
  const waiting = transaction.memory.get('publish callbacks') ?? [];
  transaction.memory.set('publish callbacks', []);
  transaction.events = [];
  for (const { callback, ids } of waiting) if (responds(callback, 'onFailure', 1)) invoke(callback, 'onFailure', [make('EventBus.FailureResult', { uuids: ids })]);
}

platformClass('EventBus.TestBroker', { instance: { 'void deliver()': deliver, 'void fail()': fail } });
