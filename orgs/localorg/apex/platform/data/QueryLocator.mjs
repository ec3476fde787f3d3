/** Database.QueryLocator and its iterator. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';

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
    'SObject next()': (self) => self.state.items[self.state.at++],
  },
});
platformClass('Database.GetDeletedResult', {});
platformClass('Database.GetUpdatedResult', {});
