/** System.Id. */
import { idOf } from '../../engine/cast.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { Id, SObjectToken } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';
import { objectOf } from '../support/ids.mjs';

function valueOf(value) {
  given(value);
  return value instanceof Id ? value : idOf(value);
}

/** With `restoreCasing` an 18-character id in wrong case is put right by its last three characters. */
function restored(text, restoreCasing) {
  if (!restoreCasing || given(text).length !== 18) return valueOf(text);
  const suffix = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
  let right = '';
  for (let part = 0; part < 3; part++) {
    const bits = suffix.indexOf(text[15 + part].toUpperCase());
    if (bits < 0) throw raise('StringException', `Invalid id: ${text}`);
    for (let at = 0; at < 5; at++) right += bits & (1 << at) ? text[part * 5 + at].toUpperCase() : text[part * 5 + at].toLowerCase();
  }
  return idOf(right);
}

export default platformClass('Id', {
  static: {
    'Id valueOf(String text)': valueOf,
    'Id valueOf(String text, Boolean restoreCasing)': restored,
  },
  instance: {
    'Schema.SObjectType getSObjectType()': (self) => new SObjectToken(objectOf(self)),
    'String to15()': (self) => self.value.slice(0, 15),
    'void addError(String message)': (self, message) => {
      throw raise('FinalException', `addError on an Id that belongs to no record of a trigger: ${message}`);
    },
  },
});
