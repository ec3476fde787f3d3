/** Calling into Apex from the platform: objects made, methods found by name, exceptions built. */
import { constructNative, construct } from './objects.mjs';
import { findClass } from './registry.mjs';
import { Instance } from './values.mjs';

/** Call a method of an object by name and number of arguments, as the platform does with its callbacks. */
export function invoke(object, name, args) {
  const method = object.cls.callback(name, args.length);
  if (!method) throw new Error(`${object.cls.name} has no method ${name} with ${args.length} parameters`);
  return method.call(object, ...args);
}

export const responds = (object, name, count) => object instanceof Instance && object.cls.callback(name, count) !== null;

/** Whether a value is an object of the class or interface of this name. */
export function isInstance(value, className) {
  return value instanceof Instance && value.cls.is(findClass(className));
}

/** An object of a platform class with this state, as its constructors would leave it. */
export function make(className, state = {}) {
  return constructNative(findClass(className), state);
}

/** An object of any class by its no-argument constructor, as Type.newInstance does. */
export function newInstance(cls) {
  return construct(cls, []);
}

export function newException(className, message, state) {
  const made = constructNative(findClass(className), { message, cause: null, ...state });
  made.trace ??= null;
  return made;
}
