/** Objects, their fields and picklists by the org's UI API. */
import { send, uiApi } from 'localorg/rest';
import { adapter } from 'localorg/wire';

const nameOf = (object) => (typeof object === 'string' ? object : object?.objectApiName);
const reading = (path) => ({ key: path, ask: () => send('GET', path) });

export const getObjectInfo = adapter(({ objectApiName }) => {
  const name = nameOf(objectApiName);
  return name && reading(uiApi(`object-info/${name}`));
});

export const getObjectInfos = adapter(({ objectApiNames }) => {
  const names = objectApiNames?.map(nameOf);
  return names?.length && !names.includes(undefined) ? reading(uiApi(`object-info/batch/${names.join(',')}`)) : undefined;
});

export const getPicklistValues = adapter(({ recordTypeId, fieldApiName }) => {
  const field = typeof fieldApiName === 'string' ? fieldApiName : fieldApiName && `${fieldApiName.objectApiName}.${fieldApiName.fieldApiName}`;
  if (!recordTypeId || !field) return undefined;
  const [object, ...path] = field.split('.');
  return reading(uiApi(`object-info/${object}/picklist-values/${recordTypeId}/${path.join('.')}`));
});

export const getPicklistValuesByRecordType = adapter(({ objectApiName, recordTypeId }) => {
  const name = nameOf(objectApiName);
  return name && recordTypeId ? reading(uiApi(`object-info/${name}/picklist-values/${recordTypeId}`)) : undefined;
});
