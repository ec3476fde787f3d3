/** Triggers and anonymous code: statements with members among them, compiled as one class with one method. */
import { Method } from '../classes.mjs';
import { VOID } from '../types.mjs';
import { attempt, declareClass, linkAncestry, linkMembers, sharingOfMethod } from './declarations.mjs';
import { bodyCode, compileMembers, install } from './emission.mjs';
import { Scope, Unit } from './scope.mjs';

/** `compile()` and `call()` of a node whose body mixes statements and members. */
export function compileUnit(info, node, { label, trigger = null }) {
  const members = node.body.filter((one) => isMember(one));
  const statements = node.body.filter((one) => !isMember(one));
  info.unit = new Unit(info.name);
  info.node = { ...node, members: members.filter((one) => one.kind !== 'inner').map(asStatic) };
  for (const { declaration } of members.filter((one) => one.kind === 'inner')) {
    const inner = declareClass(declaration, { outer: info, unit: info.unit });
    info.inner.set(inner.simple.toLowerCase(), inner);
  }
  attempt(info, node, () => {
    for (const inner of info.inner.values()) linkAncestry(inner);
    linkMembers(info);
  });
  const method = new Method(info, label, [], VOID, { isStatic: true });
  Object.assign(method, sharingOfMethod(info), { label, node });
  let run = null;
  const compile = () => {
    if (run) return;
    info.compiled = true;
    const functions = [...compileMembers(info)];
    const scope = new Scope(info.unit, info, { isStatic: true, returns: VOID, trigger });
    functions.push({ code: bodyCode(scope, method, statements), assign: (made) => (run = made) });
    install(info.unit, functions);
  };
  return {
    compile,
    call: () => {
      compile();
      run();
    },
  };
}

const isMember = (one) => ['method', 'property', 'inner'].includes(one.kind);

/** Methods beside statements have no object of their own. */
function asStatic(member) {
  return member.modifiers.includes('static') ? member : { ...member, modifiers: [...member.modifiers, 'static'] };
}
