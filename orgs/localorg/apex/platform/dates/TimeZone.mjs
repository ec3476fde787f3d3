/** System.TimeZone. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { strict, strictStatic } from '../support/arguments.mjs';
import { now } from '../support/clock.mjs';
import { formatDate, zoneNamed, zoneOffset } from '../support/dateformat.mjs';

/** The zone of this name; an unknown one is GMT, as in Java. */
export const timeZone = (name) => make('TimeZone', { id: zoneNamed(name) ? name : 'GMT' });
const intlName = (self) => zoneNamed(self.state.id);

export default platformClass('TimeZone', {
  static: { 'TimeZone getTimeZone(String name)': strictStatic(timeZone) },
  instance: {
    'String getID()': (self) => self.state.id,
    'String getDisplayName()': (self) =>
      `(${formatDate(now(), "'GMT'XXX", intlName(self)).replace('GMTZ', 'GMT+00:00')}) ${formatDate(now(), 'zzzz', intlName(self))} (${self.state.id})`,
    'Integer getOffset(Datetime moment)': strict((self, moment) => zoneOffset(intlName(self), moment.ms)),
    'String toString()': (self) => self.state.id,
  },
});
