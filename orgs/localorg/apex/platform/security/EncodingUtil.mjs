/** System.EncodingUtil. */
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { Blob } from '../../engine/values.mjs';
import { strictStatic } from '../support/arguments.mjs';

function base64Decode(text) {
  const compact = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) throw raise('StringException', 'Unrecognized base64 character');
  return new Blob(Buffer.from(compact, 'base64'));
}

function fromHex(text) {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw raise('InvalidParameterValueException', 'inputHex');
  return new Blob(Buffer.from(text, 'hex'));
}

/** Java's URLEncoder: letters, digits and `.-*_` stay, a space becomes +. */
function urlEncode(text) {
  return encodeURIComponent(text).replace(/%20/g, '+').replace(/[!'()~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlDecode(text) {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw raise('IllegalArgumentException', 'URLDecoder: Illegal hex characters in escape (%) pattern');
  }
}

const methods = {
  'String base64Encode(Blob data)': (data) => data.bytes.toString('base64'),
  'Blob base64Decode(String text)': base64Decode,
  'String base64UrlEncode(Blob data)': (data) => data.bytes.toString('base64url'),
  'Blob base64UrlDecode(String text)': base64Decode,
  'String convertToHex(Blob data)': (data) => data.bytes.toString('hex'),
  'Blob convertFromHex(String text)': fromHex,
  'String urlEncode(String text, String charset)': (text) => urlEncode(text),
  'String urlDecode(String text, String charset)': (text) => urlDecode(text),
};

export default platformClass('EncodingUtil', {
  static: Object.fromEntries(Object.entries(methods).map(([signature, run]) => [signature, strictStatic(run)])),
});
