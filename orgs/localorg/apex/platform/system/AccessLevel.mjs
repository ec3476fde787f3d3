/** System.AccessLevel: as the user, or as the system. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';

const levels = new Map();

/** The one object of a level, so that two mentions are equal. */
function level(name) {
  if (!levels.has(name)) levels.set(name, make('AccessLevel', { access: name }));
  return levels.get(name);
}

/** What the engine's queries and saves call it; null when none was given. */
export const accessOf = (given) => given?.state.access ?? null;

export default platformClass('AccessLevel', {
  constants: { 'AccessLevel USER_MODE': () => level('user'), 'AccessLevel SYSTEM_MODE': () => level('system') },
  instance: {
    'AccessLevel withPermissionSetId(String id)': (self, id) => make('AccessLevel', { ...self.state, permissionSet: id }),
    'String toString()': (self) => (self.state.access === 'user' ? 'USER_MODE' : 'SYSTEM_MODE'),
  },
});
