/** System.Blob. */
import { raise } from '../../engine/errors.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { Blob } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';

function textOf(self) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(self.bytes);
  } catch {
    throw raise('StringException', 'BLOB is not a valid UTF-8 string');
  }
}

export default platformClass('Blob', {
  static: {
    'Blob valueOf(String text)': (text) => new Blob(Buffer.from(given(text), 'utf8')),
    'Blob toPdf(String text)': notEmulated('Blob.toPdf'),
  },
  instance: {
    'Integer size()': (self) => self.bytes.length,
    'String toString()': textOf,
  },
});
