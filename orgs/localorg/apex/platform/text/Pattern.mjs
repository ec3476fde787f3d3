/** System.Pattern. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { listOf, STRING } from '../../engine/types.mjs';
import { ApexList } from '../../engine/values.mjs';
import { given, strict } from '../support/arguments.mjs';
import { findFrom, split } from '../support/matching.mjs';
import { patternOf } from '../support/patterns.mjs';

const texts = (items) => new ApexList(listOf(STRING), items);

/** Whether the whole of `text` matches: the pattern's alternatives may first match less, so it is asked for the end. */
export function matchesWhole(source, text) {
  return findFrom(patternOf(`(?:${source})\\z`), text, 0)?.index === 0;
}

export default platformClass('Pattern', {
  static: {
    'Pattern compile(String expression)': (expression) => make('Pattern', patternOf(given(expression))),
    'Boolean matches(String expression, String text)': (expression, text) => matchesWhole(given(expression), given(text, 2)),
    'String quote(String text)': (text) => `\\Q${given(text).replaceAll('\\E', '\\E\\\\E\\Q')}\\E`,
  },
  instance: {
    'Matcher matcher(String text)': strict((self, text) => make('Matcher', { pattern: self.state, text, match: null, at: 0, appended: 0 })),
    'String pattern()': (self) => self.state.source,
    'List<String> split(String text)': strict((self, text) => texts(split(self.state, text, 0))),
    'List<String> split(String text, Integer limit)': strict((self, text, limit) => texts(split(self.state, text, limit))),
  },
});
