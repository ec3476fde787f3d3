/** System.Matcher: one search through one text. */
import { make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { strict } from '../support/arguments.mjs';
import { findFrom, groupOf, replaceAll, replaceFirst } from '../support/matching.mjs';
import { patternOf } from '../support/patterns.mjs';

function found(self) {
  if (!self.state.match) throw raise('StringException', 'No match found');
  return self.state.match;
}

function checked(self, group) {
  const { groups } = self.state.pattern;
  if (group < 0 || group >= groups.length) throw raise('StringException', `No group ${group}`);
  return group;
}

const region = (state) => state.text.slice(0, state.regionEnd ?? undefined);

function find(self) {
  const { state } = self;
  state.match = findFrom(state.pattern, region(state), state.at);
  if (state.match) state.at = state.match.index + (state.match[0] === '' ? 1 : state.match[0].length);
  else state.at = state.text.length + 1;
  return state.match !== null;
}

/** `matches` needs the whole text and `lookingAt` its beginning; both keep the groups of the pattern itself. */
function anchored(self, ending) {
  const { state } = self;
  const start = state.regionStart ?? 0;
  const whole = patternOf(`(?:${state.pattern.source})${ending}`);
  const match = findFrom(whole, region(state), start);
  state.match = match?.index === start ? match : null;
  if (state.match) state.at = state.match.index + state.match[0].length;
  return state.match !== null;
}

function edge(self, group, side) {
  const match = found(self);
  return match.indices[self.state.pattern.groups[checked(self, group)]]?.[side] ?? -1;
}

function reset(self, text = self.state.text) {
  Object.assign(self.state, { text, match: null, at: 0, regionStart: null, regionEnd: null });
  return self;
}

function setRegion(self, start, end) {
  reset(self);
  Object.assign(self.state, { regionStart: start, regionEnd: end, at: start });
  return self;
}

export default platformClass('Matcher', {
  static: { 'String quoteReplacement(String text)': (text) => text.replace(/[\\$]/g, '\\$&') },
  instance: {
    'Boolean find()': find,
    'Boolean find(Integer from)': strict((self, from) => {
      if (from < 0 || from > self.state.text.length) throw raise('StringException', 'Illegal start index');
      reset(self).state.at = from;
      return find(self);
    }),
    'Boolean matches()': (self) => anchored(self, '\\z'),
    'Boolean lookingAt()': (self) => anchored(self, ''),
    'Boolean hitEnd()': (self) => self.state.at >= self.state.text.length,
    'Boolean requireEnd()': (self) => /\$|\\[zZ]/.test(self.state.pattern.source),
    'String group()': (self) => found(self)[0],
    'String group(Integer group)': strict((self, group) => groupOf(self.state.pattern, found(self), checked(self, group))),
    'Integer groupCount()': (self) => self.state.pattern.groups.length - 1,
    'Integer start()': (self) => edge(self, 0, 0),
    'Integer start(Integer group)': strict((self, group) => edge(self, group, 0)),
    'Integer end()': (self) => edge(self, 0, 1),
    'Integer end(Integer group)': strict((self, group) => edge(self, group, 1)),
    'String replaceAll(String replacement)': strict((self, replacement) => replaceAll(self.state.pattern, self.state.text, replacement)),
    'String replaceFirst(String replacement)': strict((self, replacement) =>
      replaceFirst(self.state.pattern, self.state.text, replacement),
    ),
    'Matcher reset()': (self) => reset(self),
    'Matcher reset(String text)': strict(reset),
    'Matcher region(Integer start, Integer end)': strict(setRegion),
    'Integer regionStart()': (self) => self.state.regionStart ?? 0,
    'Integer regionEnd()': (self) => self.state.regionEnd ?? self.state.text.length,
    'Pattern pattern()': (self) => make('Pattern', self.state.pattern),
    'Matcher usePattern(Pattern pattern)': strict((self, pattern) => {
      self.state.pattern = pattern.state;
      return self;
    }),
    'Boolean hasAnchoringBounds()': () => true,
    'Boolean hasTransparentBounds()': () => false,
  },
});
