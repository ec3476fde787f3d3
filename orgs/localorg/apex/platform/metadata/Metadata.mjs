/** Metadata.*: custom metadata records put together for a deployment; deploying them from Apex is not emulated. */
import { notEmulated, platformClass, platformEnum, platformInterface } from '../../engine/platform.mjs';
import { raise } from '../../engine/errors.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { aList } from '../support/collections.mjs';
import { accessors } from '../support/accessors.mjs';

platformEnum('Metadata.DeployStatus', [
  'Pending', 'InProgress', 'Succeeded', 'SucceededPartial', 'Failed', 'Canceling', 'Canceled', 'FinalizingDeploy', 'FinalizingDeployFailed',
]);
platformEnum('Metadata.MetadataType', ['CustomMetadata', 'Layout']);
platformEnum('Metadata.DeployProblemType', ['Error', 'Info', 'Warning']);

/** A class of public fields; lists begin empty. */
function part(name, fields, parent = null) {
  const lists = Object.entries(fields).filter(([, type]) => type.startsWith('List<'));
  const begun = () => Object.fromEntries(lists.map(([field, type]) => [field, aList(findPlatform(type.slice(5, -1)).type)]));
  platformClass(`Metadata.${name}`, {
    isVirtual: true,
    constructors: { [`${name}()`]: begun },
    properties: accessors(fields).properties,
    ...(parent && { extends: `Metadata.${parent}` }),
  });
}

part('Metadata', { fullName: 'String' });
part('CustomMetadataValue', { field: 'String', value: 'Object' });
part('CustomMetadata', { description: 'String', label: 'String', protected_x: 'Boolean', values: 'List<Metadata.CustomMetadataValue>' }, 'Metadata');
part('DeployMessage', {
  changed: 'Boolean', columnNumber: 'Integer', componentType: 'String', created: 'Boolean', deleted: 'Boolean', fileName: 'String',
  fullName: 'String', id: 'String', lineNumber: 'Integer', problem: 'String', problemType: 'Metadata.DeployProblemType', success: 'Boolean',
});
part('DeployDetails', { componentFailures: 'List<Metadata.DeployMessage>', componentSuccesses: 'List<Metadata.DeployMessage>' });
part('DeployResult', {
  canceledBy: 'String', canceledByName: 'String', checkOnly: 'Boolean', completedDate: 'Datetime', createdBy: 'Id', createdByName: 'String',
  createdDate: 'Datetime', details: 'Metadata.DeployDetails', done: 'Boolean', errorMessage: 'String', errorStatusCode: 'String', id: 'Id',
  ignoreWarnings: 'Boolean', lastModifiedDate: 'Datetime', messages: 'List<Metadata.DeployMessage>', numberComponentErrors: 'Integer',
  numberComponentsDeployed: 'Integer', numberComponentsTotal: 'Integer', rollbackOnError: 'Boolean', startDate: 'Datetime',
  stateDetail: 'String', status: 'Metadata.DeployStatus', success: 'Boolean',
});

const metadataType = () => findPlatform('Metadata.Metadata').type;
platformClass('Metadata.DeployContainer', {
  constructors: { 'DeployContainer()': () => ({ parts: [] }) },
  instance: {
    'void addMetadata(Metadata.Metadata part)': (self, added) => {
      self.state.parts.push(added);
    },
    'List<Metadata.Metadata> getMetadata()': (self) => aList(metadataType(), self.state.parts),
    'Boolean removeMetadata(Metadata.Metadata part)': (self, removed) => {
      const at = self.state.parts.indexOf(removed);
      if (at >= 0) self.state.parts.splice(at, 1);
      return at >= 0;
    },
  },
});

platformClass('Metadata.DeployCallbackContext', {
  isVirtual: true,
  constructors: { 'DeployCallbackContext()': () => ({}) },
  instance: { 'Id getCallbackJobId()': (self) => self.state.jobId ?? null },
});
platformInterface('Metadata.DeployCallback', ['void handleResult(Metadata.DeployResult result, Metadata.DeployCallbackContext context)']);

function enqueueDeployment() {
  if (transaction.isTest) throw raise('AsyncException', 'Metadata cannot be deployed from within a test');
  return notEmulated('Metadata.Operations.enqueueDeployment')();
}

export default platformClass('Metadata.Operations', {
  static: {
    'Id enqueueDeployment(Metadata.DeployContainer container, Metadata.DeployCallback callback)': enqueueDeployment,
    'List<Metadata.Metadata> retrieve(Metadata.MetadataType type, List<String> names)': notEmulated('Metadata.Operations.retrieve'),
  },
});
