/** What every value has. */
import { equals, hashText, identity } from '../../engine/equality.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { toText } from '../../engine/text.mjs';
import { Instance } from '../../engine/values.mjs';

/** As Java hashes text. */
function hashCode(value) {
  const text = hashText(value);
  if (typeof text === 'number') return text;
  let code = 0;
  for (let at = 0; at < text.length; at++) code = (Math.imul(31, code) + text.charCodeAt(at)) | 0;
  return code;
}

export default platformClass('Object', {
  instance: {
    'String toString()': toText,
    'Boolean equals(Object other)': (self, other) => (self instanceof Instance ? self === other : equals(self, other)),
    'Integer hashCode()': (self) => (self instanceof Instance ? identity(self) : hashCode(self)),
  },
});
