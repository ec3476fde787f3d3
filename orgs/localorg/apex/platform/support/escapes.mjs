/** Escaping of text as Apache Commons does it, on which String's escape methods rest. */

const BASIC = { '"': '&quot;', '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot ' +
  'cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml ' +
  'Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig ' +
  'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ' +
  'ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const EXTENDED = {
  402: 'fnof', 338: 'OElig', 339: 'oelig', 352: 'Scaron', 353: 'scaron', 376: 'Yuml', 710: 'circ', 732: 'tilde', 8211: 'ndash',
  8212: 'mdash', 8216: 'lsquo', 8217: 'rsquo', 8218: 'sbquo', 8220: 'ldquo', 8221: 'rdquo', 8222: 'bdquo', 8224: 'dagger',
  8225: 'Dagger', 8226: 'bull', 8230: 'hellip', 8240: 'permil', 8242: 'prime', 8243: 'Prime', 8249: 'lsaquo', 8250: 'rsaquo',
  8364: 'euro', 8482: 'trade', 8592: 'larr', 8593: 'uarr', 8594: 'rarr', 8595: 'darr', 8596: 'harr', 8722: 'minus', 8734: 'infin',
  8776: 'asymp', 8800: 'ne', 8804: 'le', 8805: 'ge', 9829: 'hearts',
};
const html3 = new Map(Object.entries(BASIC));
LATIN.split(' ').forEach((name, at) => html3.set(String.fromCharCode(160 + at), `&${name};`));
const html4 = new Map([...html3, ...Object.entries(EXTENDED).map(([code, name]) => [String.fromCharCode(code), `&${name};`])]);
const xml = new Map([...Object.entries(BASIC), ["'", '&apos;']]);

const replaceAll = (text, table) => Array.from(text, (one) => table.get(one) ?? one).join('');
const unicode = (one) => `\\u${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
const CONTROL = { '\b': '\\b', '\n': '\\n', '\t': '\\t', '\f': '\\f', '\r': '\\r' };

function unescapeEntities(text, table) {
  const back = new Map([...table].map(([one, entity]) => [entity, one]));
  return text.replace(/&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|\w+);/g, (whole, decimal, hex) => {
    if (decimal || hex) return String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16));
    return back.get(whole) ?? whole;
  });
}

export const escapeHtml3 = (text) => replaceAll(text, html3);
export const escapeHtml4 = (text) => replaceAll(text, html4);
export const escapeXml = (text) => replaceAll(text, xml);
export const unescapeHtml3 = (text) => unescapeEntities(text, html3);
export const unescapeHtml4 = (text) => unescapeEntities(text, html4);
export const unescapeXml = (text) => unescapeEntities(text, xml);

const withControls = (text, more) =>
  text.replace(/[\s\S]/g, (one) => more[one] ?? CONTROL[one] ?? (one < ' ' || one > '~' ? unicode(one) : one));

export const escapeJava = (text) => withControls(text, { '"': '\\"', '\\': '\\\\' });
export const escapeEcmaScript = (text) => withControls(text, { '"': '\\"', "'": "\\'", '\\': '\\\\', '/': '\\/' });
export const escapeUnicode = (text) => text.replace(/[^\x20-\x7f]/g, unicode);

export function unescapeJava(text) {
  const plain = { b: '\b', n: '\n', t: '\t', f: '\f', r: '\r' };
  return text.replace(/\\(?:u+([0-9a-fA-F]{4})|([0-3]?[0-7]{1,2})|([\s\S]))/g, (whole, hex, octal, one) => {
    if (hex) return String.fromCharCode(parseInt(hex, 16));
    if (octal) return String.fromCharCode(parseInt(octal, 8));
    return plain[one] ?? one;
  });
}

export const unescapeUnicode = (text) => text.replace(/\\u+([0-9a-fA-F]{4})/g, (whole, hex) => String.fromCharCode(parseInt(hex, 16)));
export const escapeCsv = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export function unescapeCsv(text) {
  const quoted = /^"([\s\S]*)"$/.exec(text);
  return quoted && /[",\n\r]/.test(quoted[1]) ? quoted[1].replaceAll('""', '"') : text;
}
