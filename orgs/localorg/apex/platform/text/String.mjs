/** System.String: its static methods, and the families of instance methods from the files beside it. */
import { toText } from '../../engine/text.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { ApexList, ApexSet } from '../../engine/values.mjs';
import { raise } from '../../engine/errors.mjs';
import { given } from '../support/arguments.mjs';
import { formatDate } from '../support/dateformat.mjs';
import { javaHash } from '../support/hashcodes.mjs';
import { formatMessage } from '../support/message.mjs';
import { characters } from './stringcharacters.mjs';
import { changes } from './stringchanges.mjs';
import { parts } from './stringparts.mjs';
import { searches } from './stringsearches.mjs';

const isBlank = (text) => text === null || text.trim() === '';
const valueOf = (value) => (value === null ? null : toText(value));

function join(values, separator) {
  given(values);
  if (values instanceof ApexList || values instanceof ApexSet) {
    return values.items.map((item) => (item === null ? '' : toText(item))).join(separator ?? '');
  }
  throw raise('TypeException', 'String.join takes a List or a Set');
}

function commonPrefix(texts) {
  const [first, ...others] = given(texts).items;
  if (first === undefined || [first, ...others].includes(null)) return '';
  let length = 0;
  while (length < first.length && others.every((text) => text[length] === first[length])) length++;
  return first.slice(0, length);
}

export default platformClass('String', {
  static: {
    'String escapeSingleQuotes(String text)': (text) => given(text).replaceAll("'", "\\'"),
    'String format(String template, List<Object> values)': (template, values) =>
      formatMessage(given(template), given(values, 2).items.map(toText)),
    'String fromCharArray(List<Integer> codes)': (codes) => String.fromCharCode(...given(codes).items),
    'String getCommonPrefix(List<String> texts)': commonPrefix,
    'Boolean isBlank(String text)': isBlank,
    'Boolean isNotBlank(String text)': (text) => !isBlank(text),
    'Boolean isEmpty(String text)': (text) => text === null || text === '',
    'Boolean isNotEmpty(String text)': (text) => text !== null && text !== '',
    'String join(Object values, String separator)': join,
    'String valueOf(Date value)': valueOf,
    'String valueOf(Datetime value)': valueOf,
    'String valueOf(Decimal value)': valueOf,
    'String valueOf(Double value)': valueOf,
    'String valueOf(Integer value)': valueOf,
    'String valueOf(Long value)': valueOf,
    'String valueOf(Object value)': valueOf,
    'String valueOfGmt(Datetime value)': (value) => (value === null ? null : formatDate(value.ms, 'yyyy-MM-dd HH:mm:ss', 'GMT')),
  },
  instance: { ...searches, ...parts, ...changes, ...characters, 'Integer hashCode()': javaHash },
});
