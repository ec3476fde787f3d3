/** Static state lasts for one transaction: a class is set up anew the first time a transaction touches it. */
import { compileClass } from './compiler/emission.mjs';
import { topOf } from './compiler/declarations.mjs';
import { userClasses } from './registry.mjs';

let epoch = 1;

export function forgetStatics() {
  epoch++;
}

/** All static state as it is now; call what is given back to have it again. */
export function keepStatics() {
  const now = epoch;
  const kept = [...allClasses()].filter((cls) => cls.epoch === now).map((cls) => {
    const fields = [...cls.fields.values()].filter((field) => field.isStatic);
    return [cls, fields.map((field) => [field, field.value])];
  });
  return () => {
    const restored = ++epoch;
    for (const [cls, values] of kept) {
      cls.epoch = restored;
      for (const [field, value] of values) field.value = value;
    }
  };
}

function* allClasses(classes = userClasses.values()) {
  for (const cls of classes) {
    yield cls;
    yield* allClasses(cls.inner.values());
  }
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
