/** Cache.Org and Cache.Session: one transaction's memory stands in for the platform cache. */
import { invoke, make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { construct } from '../../engine/objects.mjs';
import { platformClass, platformEnum, platformInterface } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { OBJECT, STRING } from '../../engine/types.mjs';
import { given } from '../support/arguments.mjs';
import { aMap, aSet } from '../support/collections.mjs';

const DEFAULT_PARTITION = 'local.default';
const MAX_TTL = 172800;

platformInterface('Cache.CacheBuilder', ['Object doLoad(String key)']);
platformEnum('Cache.Visibility', ['ALL', 'NAMESPACE']);

function valuesOf(name) {
  const key = `cache ${name.toLowerCase()}`;
  if (!transaction.memory.has(key)) transaction.memory.set(key, new Map());
  return transaction.memory.get(key);
}

/** `local.partition.key` names its partition; a bare key the default one. */
function place(kind, key) {
  const parts = given(key).split('.');
  if (!/^[A-Za-z0-9]+$/.test(parts.at(-1)) || parts.length === 2 || parts.length > 3) {
    throw raise('Cache.InvalidParamException', `Invalid key: ${key}`);
  }
  return [parts.length === 3 ? valuesOf(`${kind} ${parts.slice(0, 2).join('.')}`) : partitionOf(kind), parts.at(-1)];
}

function put(kind, key, value, ttl = null) {
  const [values, name] = place(kind, key);
  if (ttl !== null && (ttl < 300 || ttl > MAX_TTL)) throw raise('Cache.InvalidParamException', `Invalid ttl: ${ttl}`);
  values.set(name, given(value, 2));
}

function read(kind, key) {
  const [values, name] = place(kind, key);
  return values.get(name) ?? null;
}

/** What a builder made stands under its class's name and the key. */
const builtName = (type, key) => `${given(type).type.text.replaceAll('.', '')}${given(key, 2)}`;
const partitionOf = (kind) => valuesOf(kind.includes(' ') ? kind : `${kind} ${DEFAULT_PARTITION}`);

/** The builder makes what is not there yet. */
function built(kind, type, key) {
  const values = partitionOf(kind);
  const name = builtName(type, key);
  if (!values.has(name)) values.set(name, invoke(construct(type.type.decl, []), 'doLoad', [key]));
  return values.get(name);
}

const removeBuilt = (kind, type, key) => partitionOf(kind).delete(builtName(type, key));

const removeKey = (kind, key) => {
  const [values, name] = place(kind, key);
  return values.delete(name);
};

const KEYS = 'Cache.Visibility visibility, Boolean immutable';

/** The methods of a cache; `where(self)` gives the cache's name, `self` is left out of static ones. */
function methods(where, isStatic) {
  const bind = (run) => (isStatic ? (...args) => run(where(), ...args) : (self, ...args) => run(where(self), ...args));
  return {
    'Boolean contains(String key)': bind((kind, key) => read(kind, key) !== null),
    'Object get(String key)': bind(read),
    'Object get(Type builder, String key)': bind(built),
    'Map<String, Object> get(Set<String> keys)': bind((kind, keys) =>
      aMap(STRING, OBJECT, given(keys).items.map((key) => [key, read(kind, key)])),
    ),
    'Set<String> getKeys()': bind((kind) => aSet(STRING, [...partitionOf(kind).keys()])),
    'Long getNumKeys()': bind((kind) => BigInt(partitionOf(kind).size)),
    'void put(String key, Object value)': bind((kind, key, value) => put(kind, key, value)),
    'void put(String key, Object value, Integer ttl)': bind(put),
    'void put(String key, Object value, Cache.Visibility visibility)': bind((kind, key, value) => put(kind, key, value)),
    [`void put(String key, Object value, Integer ttl, ${KEYS})`]: bind((kind, key, value, ttl) => put(kind, key, value, ttl)),
    'Boolean remove(String key)': bind(removeKey),
    'Boolean remove(Type builder, String key)': bind(removeBuilt),
    'Boolean isAvailable()': bind(() => true),
  };
}

/** A partition by its name: its keys stand alone, without the partition before them. */
const partition = (kind) => (name) => make(`Cache.${kind}Partition`, { kind, name: given(name) });

for (const kind of ['Org', 'Session']) {
  platformClass(`Cache.${kind}`, {
    static: {
      ...methods(() => kind.toLowerCase(), true),
      [`Cache.${kind}Partition getPartition(String name)`]: partition(kind),
      'String getName()': () => DEFAULT_PARTITION,
      'Long getCapacity()': () => 0n,
    },
  });
  platformClass(`Cache.${kind}Partition`, {
    extends: 'Cache.Partition',
    instance: methods((self) => `${kind.toLowerCase()} ${self.state.name}`, false),
  });
}

platformClass('Cache.Partition', {
  isVirtual: true,
  instance: {
    ...methods((self) => `${self.state.kind.toLowerCase()} ${self.state.name}`, false),
    'String getName()': (self) => self.state.name,
    'Long getCapacity()': () => 0n,
  },
});
