/** Database's result classes and Database.Error. `state`: {id, success, created, errors: [Database.Error]}. */
import { platformClass } from '../../engine/platform.mjs';
import { STRING } from '../../engine/types.mjs';
import { aList } from '../support/collections.mjs';
import { errorList, statusCode } from '../support/results.mjs';

/** Results' members may be named without `get` and `is` as well. */
const properties = {
  'Id id': { get: (self) => self.state.id ?? null },
  'Boolean success': { get: (self) => self.state.success },
  'List<Database.Error> errors': { get: (self) => errorList(self.state.errors ?? []) },
};

const common = {
  'Id getId()': (self) => self.state.id ?? null,
  'Boolean isSuccess()': (self) => self.state.success,
  'List<Database.Error> getErrors()': (self) => errorList(self.state.errors ?? []),
};

platformClass('Database.SaveResult', { instance: common, properties });
platformClass('Database.DeleteResult', { instance: common, properties });
platformClass('Database.UndeleteResult', { instance: common, properties });
platformClass('Database.EmptyRecycleBinResult', { instance: common, properties });
platformClass('Database.UpsertResult', {
  properties: { ...properties, 'Boolean created': { get: (self) => Boolean(self.state.created) } },
  instance: { ...common, 'Boolean isCreated()': (self) => Boolean(self.state.created) },
});
platformClass('Database.MergeResult', {
  instance: {
    ...common,
    'List<String> getMergedRecordIds()': (self) => aList(STRING, self.state.mergedIds.map((id) => id.value)),
    'List<String> getUpdatedRelatedIds()': () => aList(STRING),
  },
});
platformClass('Database.LeadConvert', {});
platformClass('Database.LeadConvertResult', { instance: { ...common, 'Id getAccountId()': (self) => self.state.accountId ?? null } });

platformClass('Database.Error', {
  properties: {
    'String message': { get: (self) => self.state.message },
    'StatusCode statusCode': { get: (self) => statusCode(self.state.statusCode) },
    'List<String> fields': { get: (self) => aList(STRING, [...(self.state.fields ?? [])]) },
  },
  instance: {
    'String getMessage()': (self) => self.state.message,
    'StatusCode getStatusCode()': (self) => statusCode(self.state.statusCode),
    'List<String> getFields()': (self) => aList(STRING, [...(self.state.fields ?? [])]),
  },
});
