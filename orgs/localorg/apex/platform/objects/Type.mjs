/** System.Type. */
import { fitsType } from '../../engine/cast.mjs';
import { raise } from '../../engine/errors.mjs';
import { construct } from '../../engine/objects.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { newRecord } from '../../engine/records.mjs';
import { typeNamed } from '../../engine/typenames.mjs';
import { ApexList, ApexMap, ApexSet, TypeValue } from '../../engine/values.mjs';
import { strict } from '../support/arguments.mjs';

function forName(name) {
  if (!name || !/^[\w.<>, \[\]]+$/.test(name)) return null;
  const type = typeNamed(name);
  return type && new TypeValue(type);
}

/** A class of a package by its namespace; a null or empty one is the org's own code. */
function inNamespace(namespace, name) {
  return (namespace && forName(`${namespace}.${name}`)) || forName(name);
}

export function newOf(type) {
  switch (type.kind) {
    case 'list':
      return new ApexList(type);
    case 'set':
      return new ApexSet(type);
    case 'map':
      return new ApexMap(type);
    case 'sobject':
      if (type.name !== 'SObject') return newRecord(type.name);
      break;
    case 'class':
      return construct(type.decl, []);
    default:
  }
  throw raise('TypeException', `Type cannot be constructed: ${type.text}`);
}

export default platformClass('Type', {
  static: {
    'Type forName(String name)': forName,
    'Type forName(String namespace, String name)': inNamespace,
  },
  instance: {
    'String getName()': (self) => self.type.text,
    'Boolean isAssignableFrom(Type other)': strict((self, other) => fitsType(other.type, self.type)),
    'Object newInstance()': (self) => newOf(self.type),
    'String toString()': (self) => self.type.text,
  },
});
