/** Integer hash codes as System.hashCode and hashCode() give them: equal values, equal codes. */
import { hashText } from '../../engine/equality.mjs';
import { integer } from '../../engine/values.mjs';

/** Java's hash of a text. */
export function javaHash(text) {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = integer(Math.imul(hash, 31) + text.charCodeAt(at));
  return hash;
}

export function hashOf(value) {
  if (value === null) return 0;
  if (typeof value === 'string') return javaHash(value);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  const hash = hashText(value);
  return typeof hash === 'number' ? hash : javaHash(hash);
}
