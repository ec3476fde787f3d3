/** Type names in the code → types: the class's own inner classes first, then everything global. */
import { CompileError } from '../errors.mjs';
import { classType, namedType } from '../registry.mjs';
import { VOID, listOf } from '../types.mjs';

/** The type a parsed reference stands for. Raises the compiler's refusal of an unknown one. */
export function resolveType(ref, cls) {
  const found = typeOfRef(ref, cls);
  if (!found) throw new CompileError(`Invalid type: ${written(ref)}`, ref.at);
  return found;
}

export function typeOfRef(ref, cls) {
  const args = ref.parts.at(-1).args.map((arg) => resolveType(arg, cls));
  const name = ref.parts.map((part) => part.name).join('.');
  let found = !ref.arrays && name.toLowerCase() === 'void' ? VOID : typeOfName(name, cls, args);
  for (let depth = 0; found && depth < ref.arrays; depth++) found = listOf(found);
  return found;
}

export const written = (ref) => {
  const parts = ref.parts.map((part) => part.name + (part.args.length ? `<${part.args.map(written).join(', ')}>` : ''));
  return parts.join('.') + '[]'.repeat(ref.arrays);
};

/** A class, sObject or built-in type by a name as somebody inside `cls` may write it; null when there is none. */
export function typeOfName(name, cls, args = []) {
  const inner = innerClass(name.toLowerCase().split('.'), cls);
  if (inner) return classType(inner, args);
  const namespace = cls ? namespaceOf(cls) : '';
  return (namespace && namedType(namespace + name, args)) || namedType(name, args);
}

function innerClass(parts, cls) {
  for (let around = cls; around; around = around.outer) {
    for (let above = around; above; above = above.parent) {
      if (parts.length === 1 && above.simple.toLowerCase() === parts[0] && !above.outer && !above.native) return above;
      let found = above;
      for (const part of parts) found = found?.inner.get(part);
      if (found) return found;
      if (parts.length > 1 && above.simple.toLowerCase() === parts[0]) {
        found = above;
        for (const part of parts.slice(1)) found = found?.inner.get(part);
        if (found) return found;
      }
    }
  }
  return null;
}

const namespaceOf = (cls) => (cls.namespace ? `${cls.namespace}.` : '');
