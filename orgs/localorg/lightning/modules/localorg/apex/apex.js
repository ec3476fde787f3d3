/** `@salesforce/apex/Class.method`: to be called, or wired where the method is cacheable. */
import { send } from 'localorg/rest';
import { adapter, refresh } from 'localorg/wire';

export function apexMethod(cls, method) {
  const path = `/services/localorg/apex/${cls}/${method}`;
  const call = (given) => send('POST', path, given ?? {});
  call.adapter = adapter((config) => {
    if (Object.values(config).includes(undefined)) return undefined;
    return { key: `${path} ${JSON.stringify(config)}`, ask: () => send('POST', `${path}?wired=true`, config) };
  });
  return call;
}

export const refreshApex = (result) => refresh(result);

/** The value of a field, also of a parent's, in a record that Apex gave. */
export function getSObjectValue(record, field) {
  const path = typeof field === 'string' ? field.split('.').slice(1).join('.') : field.fieldApiName;
  return path.split('.').reduce((value, name) => value?.[name], record);
}
