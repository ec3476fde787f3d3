/** Database.QueryLocator and its iterator. */
import { make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';

function next(self) {
  if (self.state.at >= self.state.items.length) throw raise('NoSuchElementException', 'Iterator has no more elements');
  return self.state.items[self.state.at++];
}

export default platformClass('Database.QueryLocator', {
  implements: ['Iterable<SObject>'],
  instance: {
    'String getQuery()': (self) => self.state.query,
    'Database.QueryLocatorIterator iterator()': (self) => make('Database.QueryLocatorIterator', { items: self.state.list.items, at: 0 }),
  },
});

platformClass('Database.QueryLocatorIterator', {
  implements: ['Iterator<SObject>'],
  instance: {
    'Boolean hasNext()': (self) => self.state.at < self.state.items.length,
    'SObject next()': next,
  },
});
platformClass('Database.GetDeletedResult', {});
platformClass('Database.GetUpdatedResult', {});
