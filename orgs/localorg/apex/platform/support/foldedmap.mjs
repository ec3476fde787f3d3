/** Maps of describes answer to names in any case: their keys are small letters. */
import { HashTable } from '../../engine/hashing.mjs';
import { STRING, mapOf } from '../../engine/types.mjs';
import { ApexMap } from '../../engine/values.mjs';

class FoldedTable extends HashTable {
  place(key) {
    return super.place(typeof key === 'string' ? key.toLowerCase() : key);
  }
}

/** A Map<String, V> of [name, value] pairs. */
export function foldedMap(valueType, entries) {
  const map = new ApexMap(mapOf(STRING, valueType));
  map.table = new FoldedTable();
  for (const [name, value] of entries) map.table.set(name.toLowerCase(), value);
  return map;
}
