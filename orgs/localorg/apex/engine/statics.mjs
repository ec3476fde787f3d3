/** Static state lasts for one transaction: a class is set up anew the first time a transaction touches it. */
import { compileClass } from './compiler/emission.mjs';
import { topOf } from './compiler/declarations.mjs';

let epoch = 1;

export function forgetStatics() {
  epoch++;
}

/** The member, its class set up. */
export function prepared(member) {
  if (!member.owner.native) prepare(member.owner);
  return member;
}

export function prepare(cls) {
  if (cls.epoch === epoch || cls.native) return;
  cls.epoch = epoch;
  compileClass(topOf(cls));
  if (cls.parent) prepare(cls.parent);
  for (const field of cls.fields.values()) if (field.isStatic) field.value = null;
  cls.initialiseStatics();
}
