/** Records out of JSON: their fields by describe, parents as objects, children as query results. */
import { raise } from '../../engine/errors.mjs';
import { infoOf, newRecord, sobjectNamed } from '../../engine/records.mjs';
import { sobjectType } from '../../engine/registry.mjs';
import { SOBJECT, listOf } from '../../engine/types.mjs';
import { ApexList } from '../../engine/values.mjs';

/** The record that starts at the reading's token; a generic one takes its type from `attributes`. */
export function readRecord(reading, type) {
  const name = type === SOBJECT ? declaredType(reading) : type.name;
  const record = newRecord(name);
  reading.members((member) => place(reading, record, member));
  return record;
}

function declaredType(reading) {
  const { tokens, at } = reading;
  let depth = 0;
  for (let look = at; look < tokens.length; look++) {
    const { kind, text } = tokens[look];
    if (kind.startsWith('START_')) depth++;
    else if (kind.startsWith('END_') && --depth === 0) break;
    else if (kind === 'FIELD_NAME' && text === 'type' && depth === 2 && tokens[look - 2]?.text === 'attributes') {
      const found = sobjectNamed(tokens[look + 1].text);
      if (found) return found;
    }
  }
  throw raise('JSONException', 'Cannot deserialize JSON as abstract type: SObject');
}

function place(reading, record, member) {
  const key = member.toLowerCase();
  const info = infoOf(record);
  const field = info.fields.get(key);
  if (key === 'attributes') reading.skip();
  else if (field) record.fields.set(key, reading.typed(field.apexType));
  else if (info.parents.has(key)) placeParent(reading, record, info.parents.get(key), key);
  else if (info.children.has(key)) placeChildren(reading, record, info.children.get(key), key);
  else throw raise('JSONException', `No such column '${member}' on sobject of type ${record.type.name}`);
}

function placeParent(reading, record, field, key) {
  const [first] = field.parents ?? [];
  const isPolymorphic = !first || field.parents.length > 1;
  record.parents ??= new Map();
  record.parents.set(key, reading.typed(isPolymorphic ? SOBJECT : sobjectType(first)));
}

/** `{"totalSize": 1, "done": true, "records": […]}`. */
function placeChildren(reading, record, child, key) {
  if (reading.token.kind === 'VALUE_NULL') {
    reading.skip();
    return;
  }
  const type = listOf(sobjectType(child.sobject));
  let list = new ApexList(type);
  reading.members((member) => {
    if (member === 'records') list = reading.typed(type);
    else reading.skip();
  });
  record.children ??= new Map();
  record.children.set(key, list);
}
