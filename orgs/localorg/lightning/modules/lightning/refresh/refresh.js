/** Asking the page for fresh data: every wire asks again, and every registered handler is called. */
import { everythingChanged } from 'localorg/wire';

const handlers = new Map();

export class RefreshEvent extends CustomEvent {
  constructor() {
    super('lightning__refresh', { bubbles: true, composed: true, cancelable: true });
  }
}

export function registerRefreshHandler(component, handler) {
  const id = Symbol('refresh handler');
  handlers.set(id, () => handler.call(component));
  return id;
}

export const unregisterRefreshHandler = (id) => handlers.delete(id);

export function refreshPage() {
  return Promise.all([everythingChanged(), ...[...handlers.values()].map((handler) => handler())]);
}
