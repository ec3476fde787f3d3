/** A record's children by the org's UI API. */
import { send, uiApi } from 'localorg/rest';
import { adapter } from 'localorg/wire';

export const getRelatedListRecords = adapter(({ parentRecordId, relatedListId, ...query }) => {
  if (!parentRecordId || !relatedListId) return undefined;
  const path = uiApi(`related-list-records/${parentRecordId}/${relatedListId}`, query);
  return { key: path, ask: () => send('GET', path), records: [parentRecordId] };
});
