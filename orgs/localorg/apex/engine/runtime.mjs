/** `rt`: what compiled code calls. */
import * as arithmetic from './arithmetic.mjs';
import { castTo, classOf, fit, idOf, isA } from './cast.mjs';
import { future } from './async.mjs';
import * as data from './data.mjs';
import { CompileError, NotEmulated, Thrown, nullPointer, raise } from './errors.mjs';
import { chunks, iterate } from './iteration.mjs';
import { allocate, construct, constructDefault, constructNative, constructParent } from './objects.mjs';
import { getChildren, getField, getParent, setField, setParent } from './records.mjs';
import { enter, leave, stackTrace } from './stack.mjs';
import { prepared } from './statics.mjs';
import { transaction } from './transaction.mjs';
import { DECIMAL } from './types.mjs';
import { ApexDate, ApexList, ApexMap, ApexSet, Datetime, Decimal, Double, Id, SObject, TypeValue, long } from './values.mjs';

/** The value, which must be there. */
function there(value) {
  if (value === null || value === undefined) throw nullPointer();
  return value;
}

/** A Blob says it in other words. */
function thereBlob(value) {
  if (value === null || value === undefined) throw raise('NullPointerException', 'Argument cannot be null.');
  return value;
}

/** A method of the object's own class. */
function call(method, target, ...args) {
  if (target === null || target === undefined) throw nullPointer();
  const cls = target.cls ?? classOf(target);
  const found = cls === method.owner ? method : cls.implementation(method);
  return (found?.call ?? method.call ?? missing(method, cls))(target, ...args);
}

function missing(method, cls) {
  throw new Error(`${cls.name} does not implement ${method.owner.name}.${method}`);
}

/** super.method(): the one that the class above would run. */
function superCall(method, cls, self, ...args) {
  const found = cls.parent && !cls.parent.native ? cls.parent.implementation(method) : null;
  return (found ?? method).call(self, ...args);
}

function property(field, self) {
  const found = field.isVirtual ? (self.cls.field(field.name.toLowerCase()) ?? field) : field;
  return found.getterNode ? prepared(found).get(self) : self[found.slot];
}

function setProperty(field, self, value) {
  if (field.owner.native) {
    field.set(self, value);
    return value;
  }
  const found = field.isVirtual ? (self.cls.field(field.name.toLowerCase()) ?? field) : field;
  if (found.setterNode) prepared(found).set(self, value);
  else self[found.slot] = value;
  return value;
}

function setStatic(field, value) {
  prepared(field).set(value);
  return value;
}

function nativeState(constructor, self, ...args) {
  self.state = constructor.native(...args);
}

function create(cls, constructor, ...args) {
  const made = allocate(cls);
  constructor.call(made, ...args);
  return made;
}

function createDefault(cls) {
  const made = allocate(cls);
  constructDefault(cls, made);
  return made;
}

function exception(target, message, cause) {
  target.state.message = message;
  target.state.cause = cause;
  if (!target.initialised) {
    target.initialised = true;
    if (!target.cls.native) target.cls.initialise(target);
  }
  return target;
}

/** An exception about to be thrown. */
function thrown(value) {
  return new Thrown(there(value));
}

/** The exception behind what JavaScript caught; what Apex may not catch goes on. */
function caught(problem) {
  if (problem instanceof RangeError && /call stack/i.test(problem.message)) {
    throw raise('LimitException', 'Maximum stack depth reached', { uncatchable: true });
  }
  if (!(problem instanceof Thrown) || problem.value.state?.uncatchable) throw problem;
  return problem.value;
}

function broken(message) {
  return message.startsWith('not emulated') ? new NotEmulated(message.slice(14)) : new CompileError(message);
}

let ticks = 0;

/** Once a loop's turn: long loops meet the CPU limit. */
function tick() {
  if ((++ticks & 4095) === 0 && transaction?.cpuTime() > transaction.limit('CpuTime')) {
    throw raise('LimitException', 'Apex CPU time limit exceeded', { uncatchable: true });
  }
  return true;
}

function elementAt(list, at) {
  const { items } = there(list);
  if (at === null) throw nullPointer();
  if (at < 0 || at >= items.length) throw raise('ListException', `List index out of bounds: ${at}`);
  return items[at];
}

function setElement(list, at, value) {
  elementAt(list, at);
  list.items[at] = value;
  return value;
}

const newSet = (type, items) => new ApexSet(type, items);
const newMap = (type, pairs) => new ApexMap(type, pairs);
const newList = (type, items) => new ApexList(type, items);
const newArray = (type, size) => new ApexList(type, new Array(there(size)).fill(null));
const newRecord = (type) => new SObject(type);

/** A query's list where one record is wanted. */
function single(list) {
  if (list === null || list instanceof SObject) return list;
  if (list.items.length === 1) return list.items[0];
  const problem = list.items.length ? 'List has more than 1 row for assignment to SObject' : 'List has no rows for assignment to SObject';
  throw raise('QueryException', problem);
}

/** Lists of ids as lists of text and the other way round. */
function respelled(collection, type) {
  if (collection === null) return null;
  if (collection instanceof ApexList) return new ApexList(type, collection.items.map((item) => fit(item, type.element)));
  if (collection instanceof ApexSet) return new ApexSet(type, collection.items.map((item) => fit(item, type.element)));
  return new ApexMap(type, collection.table.pairs().map(([key, value]) => [fit(key, type.args[0]), fit(value, type.args[1])]));
}

const enumValues = (cls, type) => new ApexList(type, [...cls.values]);

function enumValueOf(cls, name) {
  const found = cls.values.find((value) => value.name.toLowerCase() === there(name).toLowerCase());
  if (!found) throw raise('NoSuchElementException', `No enum constant ${cls.name}.${name}`);
  return found;
}

/** record.Field.addError(message). */
function addFieldError(record, field, message) {
  (there(record).errors ??= []).push({ field, message });
}

const toLong = (value) => (value === null ? null : BigInt(value));
const toDouble = (value) => (value === null ? null : new Double(Number(value instanceof Decimal ? value.toNumber() : value)));
const toDecimal = (value) => (value === null || value instanceof Decimal ? value : fit(value, DECIMAL));
const toStringOfId = (value) => (value instanceof Id ? value.value : value);
const toId = (value) => (value === null || value instanceof Id ? value : idOf(value));
const toDatetime = (value) => (value instanceof ApexDate ? new Datetime(value.days * 86400000) : value);
const toInteger = (value) => (value === null ? null : Math.trunc(Number(value.toNumber?.() ?? value.value ?? value)) | 0);
const narrowLong = (value) => (value === null ? null : long(BigInt(Math.trunc(Number(value.toNumber?.() ?? value.value ?? value)))));

export const rt = {
  ...arithmetic, addFieldError, allocate, broken, call, castTo, caught, chunks, construct, constructDefault, constructNative, constructParent, create,
  createDefault, elementAt, enter, enumValueOf, enumValues, exception, future, getChildren, getField, getParent, isA, iterate, leave, narrowLong,
  nativeState, newArray, newList, newMap, newRecord, newSet, prepared, property, respelled, setElement, setField, setParent, setProperty,
  setStatic, single, stackTrace, superCall, there, thereBlob, thrown, tick, toDatetime, toDecimal, toDouble, toId, toInteger, toLong, toStringOfId,
  createNative: (cls, constructor, ...args) => constructNative(cls, constructor.native(...args)),
  typeValue: (type) => new TypeValue(type),
  oneDouble: new Double(1),
  oneDecimal: Decimal.of('1'),
  query: data.queryLiteral,
  search: data.searchLiteral,
  dml: data.dmlStatement,
  merge: data.mergeStatement,
  beginRunAs: data.beginRunAs,
  endRunAs: data.endRunAs,
};
