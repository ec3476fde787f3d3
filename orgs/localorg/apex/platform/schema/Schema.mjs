/** System.Schema: the org's objects, described. */
import { org } from '../../engine/org.mjs';
import { raise } from '../../engine/errors.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { SObjectToken } from '../../engine/values.mjs';
import { given } from '../support/arguments.mjs';
import { aList } from '../support/collections.mjs';
import { describeOf, sobjectToken } from '../support/describes.mjs';
import { foldedMap } from '../support/foldedmap.mjs';

function globalDescribe() {
  if (!transaction.memory.has('global describe')) {
    const names = org.ask('sobjects');
    const type = findPlatform('Schema.SObjectType').type;
    transaction.memory.set('global describe', foldedMap(type, names.map((name) => [name, new SObjectToken(name)])));
  }
  return transaction.memory.get('global describe');
}

function describeAll(names) {
  const described = given(names).items.map((name) => {
    const token = sobjectToken(given(name));
    if (!token) throw raise('InvalidParameterValueException', `Invalid sobject provided: ${name}`);
    return describeOf(token.sobject);
  });
  return aList(findPlatform('Schema.DescribeSObjectResult').type, described);
}

export default platformClass('Schema.Schema', {
  aliases: ['Schema'],
  static: {
    'Map<String, Schema.SObjectType> getGlobalDescribe()': globalDescribe,
    'List<Schema.DescribeSObjectResult> describeSObjects(List<String> names)': describeAll,
    'List<Schema.DescribeSObjectResult> describeSObjects(List<String> names, Object options)': describeAll,
    'List<Object> describeTabs()': notEmulated('Schema.describeTabs'),
  },
});
