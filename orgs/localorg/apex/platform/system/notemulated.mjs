/** Parts of the platform that are named, so that code which mentions them loads, and refused when they are used. */
import { notEmulated, platformClass } from '../../engine/platform.mjs';

platformClass('BusinessHours', {
  static: {
    'Datetime add(String id, Datetime start, Long interval)': notEmulated('BusinessHours.add'),
    'Datetime addGmt(String id, Datetime start, Long interval)': notEmulated('BusinessHours.addGmt'),
    'Long diff(String id, Datetime start, Datetime finish)': notEmulated('BusinessHours.diff'),
    'Boolean isWithin(String id, Datetime moment)': notEmulated('BusinessHours.isWithin'),
    'Datetime nextStartDate(String id, Datetime moment)': notEmulated('BusinessHours.nextStartDate'),
  },
});

platformClass('Approval', {
  static: {
    'Approval.ProcessResult process(Approval.ProcessRequest request)': notEmulated('Approval.process'),
    'Approval.LockResult lock(SObject record)': notEmulated('Approval.lock'),
    'Approval.UnlockResult unlock(SObject record)': notEmulated('Approval.unlock'),
    'Boolean isLocked(SObject record)': () => false,
    'Boolean isLocked(Id record)': () => false,
  },
});
for (const name of ['ProcessResult', 'LockResult', 'UnlockResult']) {
  platformClass(`Approval.${name}`, { instance: { 'Boolean isSuccess()': notEmulated(`Approval.${name}.isSuccess`) } });
}
platformClass('Approval.ProcessRequest', { isVirtual: true });
platformClass('Approval.ProcessSubmitRequest', {
  extends: 'Approval.ProcessRequest',
  constructors: { 'ProcessSubmitRequest()': notEmulated('Approval.ProcessSubmitRequest') },
});
platformClass('Approval.ProcessWorkitemRequest', {
  extends: 'Approval.ProcessRequest',
  constructors: { 'ProcessWorkitemRequest()': notEmulated('Approval.ProcessWorkitemRequest') },
});

platformClass('DataWeave.Script', {
  static: { 'DataWeave.Script createScript(String name)': notEmulated('DataWeave.Script.createScript') },
  instance: { 'DataWeave.Result execute(Map<String, Object> input)': notEmulated('DataWeave.Script.execute') },
});
platformClass('DataWeave.Result', {
  instance: {
    'Object getValue()': notEmulated('DataWeave.Result.getValue'),
    'String getValueAsString()': notEmulated('DataWeave.Result.getValueAsString'),
  },
});

/** Classes of which only a few calls are ever met: each is refused where it is made. */
function refusedCalls(name, signatures) {
  const called = (signature) => /(\w+)\(/.exec(signature)[1];
  platformClass(name, { static: Object.fromEntries(signatures.map((one) => [one, notEmulated(`${name}.${called(one)}`)])) });
}
platformClass('Flow.Interview', {
  static: {
    'Flow.Interview createInterview(String name, Map<String, Object> inputs)': notEmulated('Flow.Interview.createInterview'),
    'Flow.Interview createInterview(String namespace, String name, Map<String, Object> inputs)': notEmulated('Flow.Interview.createInterview'),
  },
  instance: {
    'Object getVariableValue(String name)': notEmulated('Flow.Interview.getVariableValue'),
    'void start()': notEmulated('Flow.Interview.start'),
  },
});
platformClass('Invocable.Action', {
  static: {
    'Invocable.Action createCustomAction(String type, String name)': notEmulated('Invocable.Action.createCustomAction'),
    'Invocable.Action createStandardAction(String type)': notEmulated('Invocable.Action.createStandardAction'),
  },
  instance: {
    'Invocable.Action setInvocationParameter(String name, Object value)': notEmulated('Invocable.Action.setInvocationParameter'),
    'List<Invocable.Action.Result> invoke()': notEmulated('Invocable.Action.invoke'),
  },
});
platformClass('Invocable.Action.Result', {
  instance: {
    'Boolean isSuccess()': notEmulated('Invocable.Action.Result.isSuccess'),
    'Map<String, Object> getOutputParameters()': notEmulated('Invocable.Action.Result.getOutputParameters'),
  },
});
refusedCalls('Auth.SessionManagement', ['Map<String, String> getCurrentSession()']);
refusedCalls('Auth.AuthToken', ['String getAccessToken(String provider, String name)']);
refusedCalls('DomainCreator', ['String getOrgMyDomainHostname()', 'String getLightningHostname()']);
refusedCalls('OrgLimits', ['Map<String, Object> getMap()', 'List<Object> getAll()']);

platformClass('Ideas', {});
platformClass('Answers', {});
platformClass('Network', { static: { 'String getNetworkId()': () => null } });
