/** Database.Cursor: the query's records, read in portions. */
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { aList } from '../support/collections.mjs';
import { given } from '../support/arguments.mjs';

function fetch(self, position, count) {
  const { list } = self.state;
  if (given(position) < 0 || given(count, 2) < 0 || position + count > list.items.length) {
    throw raise('InvalidParameterValueException', `Invalid parameter: position ${position}, count ${count}`);
  }
  return aList(list.type.element, list.items.slice(position, position + count));
}

export default platformClass('Database.Cursor', {
  instance: {
    'query List<SObject> fetch(Integer position, Integer count)': fetch,
    'Integer getNumRecords()': (self) => self.state.list.items.length,
  },
});
