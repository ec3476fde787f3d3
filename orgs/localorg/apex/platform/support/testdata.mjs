/** Test.loadData: a static resource of comma-separated rows, as records. */
import { raise } from '../../engine/errors.mjs';
import { org } from '../../engine/org.mjs';
import { fieldsOf, newRecord } from '../../engine/records.mjs';
import { sobjectType } from '../../engine/registry.mjs';
import { listOf } from '../../engine/types.mjs';
import { ApexList } from '../../engine/values.mjs';
import { PRIMITIVES } from '../json/reading.mjs';

/** The bytes of a static resource; refused by name when the org has none. */
export function resource(name) {
  const body = org.ask('resource', { name });
  if (body === null) throw raise('StringException', `Static resource not found: ${name}`);
  return Buffer.from(body, 'base64');
}

export function recordsFromCsv(sobject, name) {
  const [header, ...rows] = csvRows(resource(name).toString('utf8'));
  const fields = fieldsOf(sobject);
  const columns = header.map((column) => fields.get(column.trim().toLowerCase()) ?? unknown(sobject, column));
  return new ApexList(listOf(sobjectType(sobject)), rows.map((row) => recordOf(sobject, columns, row)));
}

const unknown = (sobject, column) => {
  throw raise('StringException', `Invalid field ${column} for ${sobject}`);
};

/** An Id column is only a name inside the file: the org gives the ids. */
function recordOf(sobject, columns, row) {
  const record = newRecord(sobject);
  columns.forEach((field, at) => {
    const text = row[at] ?? '';
    if (text !== '' && field.name !== 'Id') record.fields.set(field.name.toLowerCase(), PRIMITIVES.get(field.type)(text, 'VALUE_STRING'));
  });
  return record;
}

function csvRows(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.replace(/^\ufeff/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',' && end !== '') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.some((cell) => cell !== ''));
}
