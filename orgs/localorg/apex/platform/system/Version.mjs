/** System.Version: a package's version. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { strict } from '../support/arguments.mjs';

function compare(self, other) {
  const [mine, others] = [self.state.parts, other.state.parts];
  for (let at = 0; at < Math.min(mine.length, others.length); at++) if (mine[at] !== others[at]) return mine[at] - others[at];
  return 0;
}

export default platformClass('Version', {
  implements: ['Comparable'],
  constructors: {
    'Version(Integer major, Integer minor)': (...parts) => ({ parts }),
    'Version(Integer major, Integer minor, Integer patch)': (...parts) => ({ parts }),
  },
  instance: {
    'Integer compareTo(Object other)': strict(compare),
    'Integer major()': (self) => self.state.parts[0],
    'Integer minor()': (self) => self.state.parts[1],
    'Integer patch()': (self) => self.state.parts[2] ?? null,
  },
});

export const versionOf = (...parts) => make('Version', { parts });
