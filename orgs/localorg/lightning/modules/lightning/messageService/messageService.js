/** Lightning Message Service within one page. */
import { frozen } from 'localorg/wire';

const listeners = new Set();

export const APPLICATION_SCOPE = Symbol('application scope');
export const createMessageContext = () => ({});
export const releaseMessageContext = () => {};

export function publish(messageContext, { channel }, message) {
  for (const one of [...listeners]) if (one.channel === channel) one.listener(frozen(structuredClone(message)));
}

export function subscribe(messageContext, { channel }, listener) {
  const subscription = { channel, listener };
  listeners.add(subscription);
  return subscription;
}

export const unsubscribe = (subscription) => void listeners.delete(subscription);

export class MessageContext {
  constructor(receive) {
    receive(createMessageContext());
  }
  update() {}
  connect() {}
  disconnect() {}
}
