/** Types written as text: in the platform's signatures, in JSON and Type.forName. */
import { namedType } from './registry.mjs';
import { VOID, listOf, parameter } from './types.mjs';

/** `Map<Id, List<T>>`; a platform class's own parameters and its namespace's classes are known. Raises for unknown names. */
export function parseType(text, info = null) {
  const found = typeOrNull(text, info);
  if (!found) throw new Error(`unknown type ${text}${info ? ` in ${info.name}` : ''}`);
  return found;
}

export function typeOrNull(text, info = null) {
  const written = text.trim();
  if (written.endsWith('[]')) {
    const element = typeOrNull(written.slice(0, -2), info);
    return element && listOf(element);
  }
  const parts = /^([\w.]+)\s*(?:<(.+)>)?$/.exec(written);
  if (!parts) return null;
  const [, name, inside] = parts;
  if (name.toLowerCase() === 'void') return VOID;
  if (info?.parameters.includes(name) || /^(T|K|V)$/.test(name)) return parameter(name);
  const args = inside ? outerCommas(inside).map((part) => typeOrNull(part, info)) : [];
  if (args.includes(null)) return null;
  const namespace = info?.name.includes('.') ? `${info.name.split('.')[0]}.` : '';
  return (namespace && !name.includes('.') && namedType(namespace + name, args)) || namedType(name, args);
}

/** The type of a name at run time, as Type.forName finds it; null when there is none. */
export const typeNamed = (text) => typeOrNull(text);

function outerCommas(text) {
  const parts = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '<') depth++;
    else if (text[at] === '>') depth--;
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
