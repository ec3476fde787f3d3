/** What the org says of each row it was asked to save, as Apex objects. */
import { make } from '../../engine/calls.mjs';
import { idOrNull } from '../../engine/cast.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { EnumValue } from '../../engine/values.mjs';
import { aList } from './collections.mjs';

/** The System.StatusCode of an error code; codes that the list does not know are added to it. */
export function statusCode(code) {
  const info = findPlatform('StatusCode');
  const found = info.values.find((value) => value.name === code);
  if (found) return found;
  info.values.push(new EnumValue(info, code, info.values.length));
  return info.values.at(-1);
}

/** {code, message, fields} as a Database.Error. */
export const databaseError = ({ code, message, fields }) => make('Database.Error', { statusCode: code, message, fields: fields ?? [] });

/** One row's outcome as a Database.SaveResult, UpsertResult, DeleteResult…; `kind` is the class. */
export function resultOf(kind, { id, success, created, errors }) {
  return make(kind, {
    id: id ? idOrNull(id) : null,
    success,
    created: Boolean(created),
    errors: (errors ?? []).map(databaseError),
  });
}

export const resultsOf = (kind, rows) => aList(findPlatform(kind).type, rows.map((row) => resultOf(kind, row)));
export const errorList = (errors) => aList(findPlatform('Database.Error').type, errors);
