/** System.DmlException and EmailException: which rows were refused, and why. */
import { platformException } from '../../engine/platform.mjs';
import { raise } from '../../engine/errors.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { STRING } from '../../engine/types.mjs';
import { FieldToken } from '../../engine/values.mjs';
import { idOrNull } from '../../engine/cast.mjs';
import { strict } from '../support/arguments.mjs';
import { aList } from '../support/collections.mjs';
import { statusCode } from '../support/results.mjs';
import { constructors } from './Exception.mjs';

function row(self, index) {
  const found = (self.state.rows ?? [])[index];
  if (!found) throw raise('ListException', `List index out of bounds: ${index}`);
  return found;
}

const tokens = (self, { fields, sobject }) =>
  aList(findPlatform('Schema.SObjectField').type, fields.map((field) => new FieldToken(sobject ?? self.state.sobject ?? '', field)));

const instance = {
  'List<String> getDmlFieldNames(Integer index)': strict((self, index) => aList(STRING, [...row(self, index).fields])),
  'List<Schema.SObjectField> getDmlFields(Integer index)': strict((self, index) => tokens(self, row(self, index))),
  'Id getDmlId(Integer index)': strict((self, index) => idOrNull(row(self, index).id ?? '')),
  'Integer getDmlIndex(Integer index)': strict((self, index) => row(self, index).index),
  'String getDmlMessage(Integer index)': strict((self, index) => row(self, index).message),
  'String getDmlStatusCode(Integer index)': strict((self, index) => row(self, index).code),
  'System.StatusCode getDmlType(Integer index)': strict((self, index) => statusCode(row(self, index).code)),
  'Integer getNumDml()': (self) => (self.state.rows ?? []).length,
};

export default platformException('DmlException', { constructors: constructors('DmlException'), instance });
export const EmailException = platformException('EmailException', { constructors: constructors('EmailException'), instance });
