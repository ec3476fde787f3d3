/** The standard price book every org has: the one that is there, or else made for the running test. */
import { query, saveOrThrow } from '../../engine/data.mjs';
import { newRecord } from '../../engine/records.mjs';
import { transaction } from '../../engine/transaction.mjs';

const NAME = 'Standard Price Book';
const SYSTEM = { access: 'system' };

/** Its id. Looking for it costs the test none of its limits. */
export function standardPricebook() {
  const used = { ...transaction.used };
  const found = query('SELECT Id FROM Pricebook2 WHERE IsStandard = true OR Name = :name LIMIT 1', { name: NAME }, SYSTEM);
  const record = found.items[0] ?? made();
  Object.assign(transaction.used, used);
  return record.fields.get('id');
}

function made() {
  const record = newRecord('Pricebook2');
  record.fields.set('name', NAME);
  record.fields.set('isactive', true);
  saveOrThrow('insert', [record], SYSTEM);
  return record;
}
