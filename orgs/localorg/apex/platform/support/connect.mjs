/** What all of ConnectApi shares: its inputs and outputs are plain fields, and its calls need the org's own data. */
import { NotEmulated, raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { accessors } from './accessors.mjs';

const SILOED = 'ConnectApi methods are not supported in data siloed tests. Please use @IsTest(SeeAllData=true).';

export function needsData() {
  if (transaction.isTest && !transaction.seesAllData) throw raise('UnsupportedOperationException', SILOED);
}

/** A call that works where the org's data is seen. */
export const siloed = (work) => (...args) => {
  needsData();
  return work(...args);
};

/** A call that this org cannot answer even then. */
export const refused = (name) =>
  siloed(() => {
    throw new NotEmulated(name);
  });

/** A class that is nothing but public fields. */
export function inputs(name, fields, parent = null) {
  const options = { constructors: { [`${name}()`]: () => ({}) }, properties: accessors(fields).properties, isVirtual: true };
  platformClass(`ConnectApi.${name}`, parent ? { ...options, extends: `ConnectApi.${parent}` } : options);
}
