/** System.Trigger: what the trigger that runs now was called for; everywhere else null and false. */
import { platformClass } from '../../engine/platform.mjs';
import { current } from '../../engine/triggers.mjs';
import { findPlatform } from '../../engine/registry.mjs';

const is = (test) => () => current !== null && test(current);
const operation = () => {
  const name = `${current.when}_${current.operation}`.toUpperCase();
  return findPlatform('System.TriggerOperation').values.find((value) => value.name === name);
};

export default platformClass('Trigger', {
  constants: {
    'Boolean isExecuting': is(() => true),
    'Boolean isInsert': is((found) => found.operation === 'insert'),
    'Boolean isUpdate': is((found) => found.operation === 'update'),
    'Boolean isDelete': is((found) => found.operation === 'delete'),
    'Boolean isUndelete': is((found) => found.operation === 'undelete'),
    'Boolean isBefore': is((found) => found.when === 'before'),
    'Boolean isAfter': is((found) => found.when === 'after'),
    'List<SObject> new': () => current?.newList ?? null,
    'List<SObject> old': () => current?.oldList ?? null,
    'Map<Id, SObject> newMap': () => current?.newMap ?? null,
    'Map<Id, SObject> oldMap': () => current?.oldMap ?? null,
    'Integer size': () => (current ? (current.newList ?? current.oldList).items.length : 0),
    'TriggerOperation operationType': () => (current ? operation() : null),
  },
});
