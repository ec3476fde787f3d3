import { LightningElement, api } from 'lwc';

const SECONDS = 5;

/** Messages that ShowToastEvent asked for; those that are not sticky go by themselves. */
export default class Toasts extends LightningElement {
  shown = [];

  @api
  get toasts() {
    return this.shown;
  }

  set toasts(given) {
    const known = new Set(this.shown.map((toast) => toast.key));
    this.shown = given.map((toast) => ({ ...toast, class: `slds-notify slds-notify_toast slds-theme_${toast.variant}` }));
    for (const toast of given) if (!known.has(toast.key) && toast.mode !== 'sticky') setTimeout(() => this.dismiss(toast.key), SECONDS * 1000);
  }

  close(event) {
    this.dismiss(event.target.dataset.key);
  }

  dismiss(key) {
    this.dispatchEvent(new CustomEvent('dismiss', { detail: key }));
  }
}
