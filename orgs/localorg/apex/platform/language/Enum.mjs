/** What every enum's values have. */
import { platformClass } from '../../engine/platform.mjs';

export default platformClass('Enum', {
  instance: {
    'String name()': (self) => self.name,
    'Integer ordinal()': (self) => self.ordinal,
    'String toString()': (self) => self.name,
  },
});
