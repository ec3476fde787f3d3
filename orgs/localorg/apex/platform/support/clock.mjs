/** The org's time: it stands still for nobody, but may be moved. */
import { org } from '../../engine/org.mjs';
import { transaction } from '../../engine/transaction.mjs';

/** Epoch milliseconds. The org is asked once a transaction; the time that passes since is Node's own. */
export function now() {
  let start = transaction.memory.get('clock');
  if (!start) {
    start = { org: org.ask('now', {}), node: performance.now() };
    transaction.memory.set('clock', start);
  }
  return Math.floor(start.org + performance.now() - start.node);
}
