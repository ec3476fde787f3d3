/** Methods and fields by name and arguments, as the compiler finds them. */
import { declarationOf, findPlatform } from '../registry.mjs';
import { NULL, substitute } from '../types.mjs';
import { converted, distance } from './conversion.mjs';

/** A method seen through a type: its parameters and result with type arguments put in. */
class Candidate {
  constructor(method, names, args) {
    this.method = method;
    this.params = method.params.map((param) => substitute(param.type, names, args));
    this.returns = substitute(method.returns, names, args);
  }
}

/** Every method of this name on a type, the nearest class first; overridden ones once. */
export function methodsOf(type, name, isStatic) {
  const decl = declarationOf(type);
  if (!decl) return [];
  const found = new Map();
  const args = type.args.length ? type.args : decl.type.args;
  for (const [above, passed] of decl.ancestry(args)) collect(found, declarationReady(above), passed, name, isStatic);
  if (!isStatic && decl.name !== 'Object') collect(found, findPlatform('Object'), [], name, false);
  return [...found.values()];
}

const declarationReady = (info) => (info.native ? declarationOf(info.type) : info);

function collect(found, cls, args, name, isStatic) {
  for (const method of cls?.methods.get(name) ?? []) {
    if (method.isStatic !== isStatic) continue;
    const candidate = new Candidate(method, cls.parameters, args);
    const key = candidate.params.map((param) => param.text).join();
    if (!found.has(key)) found.set(key, candidate);
  }
}

export const constructorsOf = (cls, args = []) =>
  cls.constructors.map((constructor) => new Candidate(constructor, cls.parameters, args));

/** The overload these arguments call: the one with the least conversion; null when none takes them. */
export function pick(candidates, args) {
  let best = null;
  let least = Infinity;
  for (const candidate of candidates) {
    if (candidate.params.length !== args.length) continue;
    const total = totalDistance(candidate, args);
    if (total < least || (total === least && total < Infinity && isNarrower(candidate, best, args))) {
      best = candidate;
      least = total;
    }
  }
  return best;
}

function totalDistance(candidate, args) {
  let total = 0;
  for (const [at, arg] of args.entries()) {
    total += distance(arg.type, candidate.params[at], arg.isQuery);
    if (total === Infinity) break;
  }
  return total;
}

/** For null arguments: the overload whose parameter could itself be passed to the other's. */
function isNarrower(candidate, other, args) {
  return args.some((arg, at) => {
    if (arg.type !== NULL) return false;
    const [mine, theirs] = [candidate.params[at], other.params[at]];
    return mine !== theirs && distance(mine, theirs) < Infinity && !(distance(theirs, mine) < Infinity);
  });
}

/** The arguments' code, each as the parameter's type. */
export const passed = (candidate, args) => args.map((arg, at) => converted(arg, candidate.params[at]));

export const listed = (args) => args.map((arg) => arg.type.text).join(', ');
