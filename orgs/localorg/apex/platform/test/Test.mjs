/** System.Test. */
import { deliverEvents, runQueued } from '../../engine/async.mjs';
import { invoke, make } from '../../engine/calls.mjs';
import { saveOrThrow } from '../../engine/data.mjs';
import { raise } from '../../engine/errors.mjs';
import { stubOf } from '../../engine/objects.mjs';
import { org } from '../../engine/org.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { OBJECT, STRING } from '../../engine/types.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { TypeValue } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';
import { aList } from '../support/collections.mjs';
import { standardPricebook } from '../support/pricebook.mjs';
import { recordsFromCsv } from '../support/testdata.mjs';

function onlyInTests(run) {
  return (...args) => {
    if (!transaction.isTest) throw raise('TypeException', 'Test methods can only be called in a test');
    return run(...args);
  };
}

/** The test's own work from here on has limits of its own. */
function startTest() {
  const { memory } = transaction;
  if (memory.has('startTest')) throw raise('FinalException', 'Testing already started');
  memory.set('startTest', { used: { ...transaction.used }, started: transaction.started });
  for (const name of Object.keys(transaction.used)) transaction.used[name] = 0;
  transaction.started = process.cpuUsage();
}

/** Everything asynchronous that was asked for happens here; afterwards the limits are those of the setup again. */
function stopTest() {
  const before = transaction.memory.get('startTest');
  if (!before || before.stopped) throw raise('FinalException', 'Testing has not started');
  before.stopped = true;
  transaction.memory.set('stopped', true);
  deliverEvents();
  runQueued();
  deliverEvents();
  Object.assign(transaction.used, before.used);
  transaction.started = before.started;
}

function createStub(type, provider) {
  const { decl } = given(type).type;
  if (!decl || decl.native || decl.kind === 'enum') throw raise('TypeException', `Cannot create stub for ${type.type.text}`);
  const types = (list) => aList(findPlatform('Type').type, list.map((one) => new TypeValue(one)));
  const stub = stubOf(type.type, (method, args) =>
    invoke(provider, 'handleMethodCall', [
      stub,
      method.name,
      new TypeValue(method.returns),
      types(method.params.map((param) => param.type)),
      aList(STRING, method.params.map((param) => param.name)),
      aList(OBJECT, [...args]),
    ]),
  );
  return stub;
}

function setMock(type, mock) {
  const name = given(type).type.text;
  transaction.memory.set(`mock ${name.replace(/^System\./, '').toLowerCase()}`, given(mock, 2));
}

function setCreatedDate(id, moment) {
  org.ask('backdate', { id: given(id).value, value: new Date(given(moment, 2).ms).toISOString() });
}

function loadData(token, resource) {
  const records = recordsFromCsv(given(token).sobject, given(resource, 2));
  saveOrThrow('insert', records, { access: 'system' });
  return records;
}

export default platformClass('Test', {
  static: {
    'Boolean isRunningTest()': () => transaction.isTest,
    'void startTest()': onlyInTests(startTest),
    'void stopTest()': onlyInTests(stopTest),
    'void setMock(Type type, Object mock)': onlyInTests(setMock),
    'Object createStub(Type type, StubProvider provider)': onlyInTests(createStub),
    'Id getStandardPricebookId()': onlyInTests(standardPricebook),
    'void setCreatedDate(Id record, Datetime moment)': onlyInTests(setCreatedDate),
    'void setFixedSearchResults(List<Id> ids)': onlyInTests((ids) => {
      transaction.memory.set('fixedSearchResults', given(ids).items);
    }),
    'List<SObject> loadData(Schema.SObjectType type, String resource)': onlyInTests(loadData),
    'EventBus.TestBroker getEventBus()': () => make('EventBus.TestBroker'),
    'void enableChangeDataCapture()': () => {
      transaction.memory.set('change data capture', true);
    },
    'void enqueueBatchJobs(Integer count)': (count) => {
      transaction.memory.set('waiting batch jobs', count);
    },
    'List<Id> getFlexQueueOrder()': notEmulated('Test.getFlexQueueOrder'),
    'Object invokeContinuationMethod(Object controller, Continuation request)': notEmulated('Test.invokeContinuationMethod'),
    'void setCurrentPage(PageReference page)': onlyInTests((page) => {
      transaction.memory.set('page', given(page));
    }),
    'void setCurrentPageReference(PageReference page)': onlyInTests((page) => {
      transaction.memory.set('page', given(page));
    }),
    'void setReadOnlyApplicationMode(Boolean readOnly)': notEmulated('Test.setReadOnlyApplicationMode'),
    'void setUserAgent(String agent)': () => null,
    'void testInstall(InstallHandler handler, Version previous)': (handler, previous) => install(handler, previous, false),
    'void testInstall(InstallHandler handler, Version previous, Boolean isPush)': (...args) => install(...args),
    'void testUninstall(UninstallHandler handler)': onlyInTests(uninstall),
    'void calculatePermissionSetGroup(String id)': () => null,
    'void calculatePermissionSetGroup(List<String> ids)': () => null,
    'Boolean isSoslStubDefined(Schema.SObjectType type)': () => false,
  },
});

function uninstall(handler) {
  const state = { organizationId: transaction.organization.id, uninstallerId: transaction.user.id };
  invoke(given(handler), 'onUninstall', [make('UninstallContextImpl', state)]);
}

function install(handler, previousVersion, isPush) {
  const state = { organizationId: transaction.organization.id, installerId: transaction.user.id, previousVersion, isPush };
  invoke(given(handler), 'onInstall', [make('InstallContextImpl', state)]);
}
