/** What the other readers of the library's parse tree share. */

export const text = (context) => (context ? context.getText() : null);
export const at = (context) => [context.start.line, context.start.column + 1];
export const modifiers = (list) => list.filter((found) => !found.annotation()).map((found) => found.getText().toLowerCase());

/** The characters as written, spaces included. */
export function source(context) {
  return context.start.getInputStream().getText(context.start.start, context.stop.stop);
}

/** `{parts: [{name, args}], arrays}` of `Map<Id, Account[]>`. */
export function typeRef(context) {
  const parts = context.typeName_list().map((name) => ({
    name: text(name.LIST() ?? name.SET() ?? name.MAP() ?? name.id()),
    args: name.typeArguments() ? name.typeArguments().typeList().typeRef_list().map(typeRef) : [],
  }));
  return { parts, arrays: context.arraySubscripts() ? context.arraySubscripts().LBRACK_list().length : 0, at: at(context) };
}

/** `[{name, values}]`: `@IsTest(SeeAllData=true)` has values {seealldata: true}. */
export function annotations(list) {
  return list
    .filter((found) => found.annotation())
    .map((found) => found.annotation())
    .map((found) => {
      const values = {};
      for (const pair of found.elementValuePairs()?.elementValuePair_list() ?? []) {
        values[text(pair.id()).toLowerCase()] = plain(text(pair.elementValue()));
      }
      if (found.elementValue()) values.value = plain(text(found.elementValue()));
      return { name: text(found.id()).toLowerCase(), values };
    });
}

function plain(written) {
  if (/^(true|false)$/i.test(written)) return written.toLowerCase() === 'true';
  return written.startsWith("'") ? unescape(written.slice(1, -1)) : written;
}

const ESCAPES = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', s: ' ' };

/** The text a string literal stands for. */
export function unescape(written) {
  if (!written.includes('\\')) return written;
  return written.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code) =>
    code.length > 1 ? String.fromCharCode(parseInt(code.slice(1), 16)) : (ESCAPES[code.toLowerCase()] ?? code),
  );
}
