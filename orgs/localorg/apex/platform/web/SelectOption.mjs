/** System.SelectOption. */
import { platformClass } from '../../engine/platform.mjs';

const property = (name, type) => ({
  [`${type} get${name[0].toUpperCase()}${name.slice(1)}()`]: (self) => self.state[name],
  [`void set${name[0].toUpperCase()}${name.slice(1)}(${type} value)`]: (self, value) => {
    self.state[name] = value;
  },
});

export default platformClass('SelectOption', {
  constructors: {
    'SelectOption(String value, String label)': (value, label) => ({ value, label, disabled: false }),
    'SelectOption(String value, String label, Boolean disabled)': (value, label, disabled) => ({ value, label, disabled }),
  },
  instance: { ...property('value', 'String'), ...property('label', 'String'), ...property('disabled', 'Boolean') },
});
