/** System.Time: a time of day, around the clock. */
import { platformClass } from '../../engine/platform.mjs';
import { Time } from '../../engine/values.mjs';
import { strict, strictStatic } from '../support/arguments.mjs';
import { DAY } from '../support/usertime.mjs';

const HOUR = 3600000;
const around = (ms) => new Time(((ms % DAY) + DAY) % DAY);
const shifted = (step) => strict((self, count) => around(self.ms + count * step));

export default platformClass('Time', {
  static: {
    'Time newInstance(Integer hour, Integer minute, Integer second, Integer millisecond)': strictStatic((hour, minute, second, ms) =>
      around(hour * HOUR + minute * 60000 + second * 1000 + ms),
    ),
  },
  instance: {
    'Time addHours(Integer hours)': shifted(HOUR),
    'Time addMinutes(Integer minutes)': shifted(60000),
    'Time addSeconds(Integer seconds)': shifted(1000),
    'Time addMilliseconds(Integer milliseconds)': shifted(1),
    'Integer hour()': (self) => Math.floor(self.ms / HOUR),
    'Integer minute()': (self) => Math.floor(self.ms / 60000) % 60,
    'Integer second()': (self) => Math.floor(self.ms / 1000) % 60,
    'Integer millisecond()': (self) => self.ms % 1000,
  },
});
