/** Database's result classes and Database.Error. `state`: {id, success, created, errors: [Database.Error]}. */
import { platformClass } from '../../engine/platform.mjs';
import { STRING } from '../../engine/types.mjs';
import { aList } from '../support/collections.mjs';
import { errorList, statusCode } from '../support/results.mjs';

const common = {
  'Id getId()': (self) => self.state.id ?? null,
  'Boolean isSuccess()': (self) => self.state.success,
  'List<Database.Error> getErrors()': (self) => errorList(self.state.errors ?? []),
};

platformClass('Database.SaveResult', { instance: common });
platformClass('Database.DeleteResult', { instance: common });
platformClass('Database.UndeleteResult', { instance: common });
platformClass('Database.EmptyRecycleBinResult', { instance: common });
platformClass('Database.UpsertResult', { instance: { ...common, 'Boolean isCreated()': (self) => Boolean(self.state.created) } });
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
  instance: {
    'String getMessage()': (self) => self.state.message,
    'StatusCode getStatusCode()': (self) => statusCode(self.state.statusCode),
    'List<String> getFields()': (self) => aList(STRING, [...(self.state.fields ?? [])]),
  },
});
