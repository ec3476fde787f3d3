/** List views by the org's UI API. */
import { send, uiApi } from 'localorg/rest';
import { adapter } from 'localorg/wire';

const nameOf = (object) => (typeof object === 'string' ? object : object?.objectApiName);
const reading = (path) => ({ key: path, ask: () => send('GET', path) });

export const getListInfosByObjectName = adapter(({ objectApiName }) => {
  const name = nameOf(objectApiName);
  return name && reading(uiApi(`list-info/${name}`));
});

export const getListInfoByName = adapter(({ objectApiName, listViewApiName }) => {
  const name = nameOf(objectApiName);
  return name && listViewApiName ? reading(uiApi(`list-info/${name}/${listViewApiName}`)) : undefined;
});

export const getListRecordsByName = adapter(({ objectApiName, listViewApiName, ...query }) => {
  const name = nameOf(objectApiName);
  return name && listViewApiName ? reading(uiApi(`list-records/${name}/${listViewApiName}`, query)) : undefined;
});
