/** Savepoints: part of a transaction undone. Ids that were given to records stay with them, as on the platform. */
import { make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { org } from '../../engine/org.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { given } from '../support/arguments.mjs';

const INVALID = 'Rollback to or release of a savepoint that is no longer valid';

const livePoints = () => {
  if (!transaction.memory.has('savepoints')) transaction.memory.set('savepoints', []);
  return transaction.memory.get('savepoints');
};

function set() {
  transaction.charge('DmlStatements');
  const point = make('Savepoint', { name: org.ask('savepoint') });
  livePoints().push(point);
  return point;
}

/** The points set after this one are gone with it. */
function forgetAfter(point) {
  const points = livePoints();
  const at = points.indexOf(given(point));
  if (at < 0) throw raise('TypeException', INVALID);
  return points.splice(at);
}

function rollback(point) {
  transaction.charge('DmlStatements');
  forgetAfter(point);
  livePoints().push(point);
  org.ask('rollback', { savepoint: point.state.name });
}

function release(point) {
  forgetAfter(point);
  org.ask('release', { savepoint: point.state.name });
}

export const savepoints = {
  'Savepoint setSavepoint()': set,
  'void rollback(Savepoint point)': rollback,
  'void releaseSavepoint(Savepoint point)': release,
};

platformClass('Savepoint', {});
