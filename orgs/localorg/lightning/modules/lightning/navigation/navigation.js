/** Page references and the addresses behind them; every navigation loads the page anew. */
import { context } from 'localorg/context';

const Navigate = Symbol('Navigate');
const GenerateUrl = Symbol('GenerateUrl');

const ADDRESSES = {
  standard__recordPage: ({ objectApiName, recordId, actionName = 'view' }) => `/lightning/r/${objectApiName ?? 'record'}/${recordId}/${actionName}`,
  standard__objectPage: ({ objectApiName, actionName = 'list' }) => `/lightning/o/${objectApiName}/${actionName}`,
  standard__navItemPage: ({ apiName }) => `/lightning/n/${apiName}`,
  standard__namedPage: ({ pageName }) => `/lightning/page/${pageName}`,
  standard__webPage: ({ url }) => url,
};

function addressOf({ type, attributes = {}, state = {} }) {
  const address = ADDRESSES[type]?.(attributes);
  if (!address) throw new Error(`The local org cannot navigate to ${type}`);
  const query = new URLSearchParams(state).toString();
  return query ? `${address}?${query}` : address;
}

function go(reference, isReplacing) {
  const address = addressOf(reference);
  if (reference.type === 'standard__webPage') window.open(address, '_blank', 'noopener');
  else if (isReplacing) location.replace(address);
  else location.assign(address);
}

export const NavigationMixin = (Base) =>
  class extends Base {
    [Navigate](reference, isReplacing) {
      go(reference, isReplacing);
    }

    [GenerateUrl](reference) {
      return Promise.resolve(addressOf(reference));
    }
  };
NavigationMixin.Navigate = Navigate;
NavigationMixin.GenerateUrl = GenerateUrl;

export const navigate = (navigationContext, reference, options) => go(reference, options?.replace);
export const generateUrl = (navigationContext, reference) => Promise.resolve(addressOf(reference));

/** Wires a value that stays as long as the page does. */
const constant = (value) =>
  class {
    constructor(receive) {
      receive(value);
    }
    update() {}
    connect() {}
    disconnect() {}
  };

export const CurrentPageReference = constant(context.reference);
export const NavigationContext = constant({});
