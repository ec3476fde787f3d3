/** System.Boolean. */
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';

function valueOf(value) {
  given(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.toLowerCase() === 'true';
  throw raise('TypeException', 'Invalid conversion to Boolean');
}

export default platformClass('Boolean', {
  static: {
    'Boolean valueOf(String text)': valueOf,
    'Boolean valueOf(Object value)': valueOf,
  },
});
