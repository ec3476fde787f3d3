/** new: collections, records, objects. */
import { declarationOf, sobjectInfo } from '../registry.mjs';
import { INTEGER, isCollection } from '../types.mjs';
import { exceptionConstruction } from './calls.mjs';
import { compileAll, compileAs } from './expressions.mjs';
import { constructorsOf, listed, passed, pick } from './members.mjs';
import { resolveType } from './names.mjs';

export function creation(node, scope) {
  const type = resolveType(node.type, scope.cls);
  if (isCollection(type)) return collection(node, type, scope);
  if (type.kind === 'sobject') return record(node, type, scope);
  const cls = declarationOf(type);
  if (!cls || type.kind !== 'class') throw scope.refuse(`Type cannot be constructed: ${type}`, node);
  if (cls.kind !== 'class' || cls.isAbstract) throw scope.refuse(`Abstract classes cannot be constructed: ${type}`, node);
  return { code: object(node, type, cls, scope), type, sureObject: true };
}

function collection(node, type, scope) {
  const name = scope.unit.constant(type);
  if (node.pairs) {
    const pairs = node.pairs.map(([key, value]) => `[${compileAs(key, type.args[0], scope)}, ${compileAs(value, type.args[1], scope)}]`);
    return { code: `rt.newMap(${name}, [${pairs}])`, type };
  }
  if (node.items) {
    const items = node.items.map((item) => compileAs(item, type.element, scope));
    return { code: `rt.new${type.name}(${name}, [${items}])`, type };
  }
  if (node.size) return { code: `rt.newArray(${name}, ${compileAs(node.size, INTEGER, scope)})`, type };
  if (!node.args.length) return { code: `rt.new${type.name}(${name}, [])`, type };
  const args = compileAll(node.args, scope);
  const found = pick(constructorsOf(declarationOf(type), type.args), args);
  if (!found) throw scope.refuse(`Constructor not defined: [${type}].<Constructor>(${listed(args)})`, node);
  return { code: `${scope.unit.constant(found.method)}.call(${[name, ...passed(found, args)]})`, type };
}

/** new Account(Name = 'x'): fields by name, parents by relationship. */
function record(node, type, scope) {
  const info = sobjectInfo(type.name);
  const settings = node.args.map((arg) => {
    if (arg.kind !== 'Assign' || arg.left.kind !== 'Name') throw scope.refuse(`Invalid constructor syntax, name=value pairs can only be used for SObjects`, arg);
    const key = arg.left.name.toLowerCase();
    const field = info?.fields.get(key);
    if (field) return `rt.setField(r, "${key}", ${compileAs(arg.right, field.apexType, scope)});`;
    const parent = info?.parents.get(key);
    if (!parent) throw scope.refuse(`Field does not exist: ${arg.left.name} on ${type}`, arg);
    const [found] = compileAll([arg.right], scope);
    return `rt.setParent(r, "${key}", ${found.code});`;
  });
  const code = `rt.newRecord(${scope.unit.constant(type)})`;
  if (!settings.length) return { code, type, sureObject: true };
  const kept = scope.temporary();
  const steps = settings.map((setting) => setting.slice(0, -1).replace('(r,', `(${kept},`));
  return { code: `(${[`${kept} = ${code}`, ...steps, kept]})`, type, sureObject: true };
}

function object(node, type, cls, scope) {
  const args = compileAll(node.args, scope);
  const name = scope.unit.constant(cls);
  const found = pick(constructorsOf(cls, type.args), args);
  if (found) {
    const given = [name, scope.unit.constant(found.method), ...passed(found, args)];
    return cls.native ? `rt.createNative(${given})` : `rt.create(${given})`;
  }
  const builtIn = exceptionConstruction(cls, args, scope, `rt.allocate(${name})`);
  if (builtIn) return builtIn;
  if (!args.length && !cls.constructors.length && !cls.native) return `rt.createDefault(${name})`;
  throw scope.refuse(`Constructor not defined: [${type}].<Constructor>(${listed(args)})`, node);
}
