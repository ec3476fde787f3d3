/** System.Collator: sorting text as the user's language does. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { strictStatic } from '../support/arguments.mjs';
import { userLocale } from '../support/numbers.mjs';

const collator = (locale) => make('Collator', { intl: new Intl.Collator(locale.replaceAll('_', '-'), { numeric: false }) });

function compare(self, first, second) {
  if (first === null || second === null) return first === second ? 0 : first === null ? -1 : 1;
  return self.state.intl.compare(first, second);
}

export default platformClass('Collator', {
  implements: ['Comparator<String>'],
  static: {
    'Collator getInstance()': () => collator(userLocale()),
    'Collator getInstance(String locale)': strictStatic(collator),
  },
  instance: { 'Integer compare(String first, String second)': compare },
});
