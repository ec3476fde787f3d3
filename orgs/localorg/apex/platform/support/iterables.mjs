/** Anything that Apex can loop over, as a JavaScript array. */
import { invoke, responds } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { ApexList, ApexSet } from '../../engine/values.mjs';

export function itemsOf(iterable) {
  if (iterable instanceof ApexList || iterable instanceof ApexSet) return iterable.items;
  if (responds(iterable, 'iterator', 0)) return drained(invoke(iterable, 'iterator', []));
  if (responds(iterable, 'hasNext', 0)) return drained(iterable);
  throw raise('TypeException', 'Not an Iterable');
}

function drained(iterator) {
  const items = [];
  while (invoke(iterator, 'hasNext', [])) items.push(invoke(iterator, 'next', []));
  return items;
}
