/** Records by the org's UI API; a record that was saved here is read again wherever it is shown. */
import { send, uiApi } from 'localorg/rest';
import { adapter, changed } from 'localorg/wire';

const nameOf = (field) => (typeof field === 'string' ? field : `${field.objectApiName}.${field.fieldApiName}`);
const names = (fields) => [].concat(fields ?? []).map(nameOf).sort().join(',');

function recordQuery({ fields, optionalFields, layoutTypes, modes }) {
  const layouts = [].concat(layoutTypes ?? []).join(',');
  return { fields: names(fields), optionalFields: names(optionalFields), layoutTypes: layouts, modes: [].concat(modes ?? []).join(',') };
}

export const getRecord = adapter((config) => {
  const query = recordQuery(config);
  if (!config.recordId || !(query.fields || query.optionalFields || query.layoutTypes)) return undefined;
  const path = uiApi(`records/${config.recordId}`, query);
  return { key: path, ask: () => send('GET', path), records: [config.recordId] };
});

export const getRecords = adapter(({ records }) => {
  if (!records?.length || records.some(({ recordIds }) => !recordIds)) return undefined;
  const paths = records.map((one) => uiApi(`records/batch/${one.recordIds.join(',')}`, recordQuery(one)));
  const ask = async () => {
    const answers = await Promise.all(paths.map((path) => send('GET', path)));
    return { hasErrors: answers.some((one) => one.hasErrors), results: answers.flatMap((one) => one.results) };
  };
  return { key: paths.join(' '), ask, records: records.flatMap((one) => one.recordIds) };
});

function fieldOf(record, field) {
  const [, ...path] = nameOf(field).split('.');
  return path.reduce((found, name, place) => (place ? found?.value?.fields?.[name] : record?.fields?.[name]), undefined);
}

export const getFieldValue = (record, field) => fieldOf(record, field)?.value;
export const getFieldDisplayValue = (record, field) => fieldOf(record, field)?.displayValue;

export const createRecord = (recordInput) => send('POST', uiApi('records'), recordInput);

export async function updateRecord({ fields }, clientOptions = {}) {
  const { Id, ...values } = fields;
  const since = clientOptions.ifUnmodifiedSince;
  const headers = since ? { 'If-Unmodified-Since': new Date(since).toUTCString() } : {};
  const saved = await send('PATCH', uiApi(`records/${Id}`), { fields: values }, headers);
  await changed([Id]);
  return saved;
}

export async function deleteRecord(recordId) {
  await send('DELETE', uiApi(`records/${recordId}`));
  await changed([recordId]);
}

export const notifyRecordUpdateAvailable = (records) => changed(records.map((one) => one.recordId));
export const getRecordNotifyChange = (records) => void changed(records.map((one) => one.recordId));
