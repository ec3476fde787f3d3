import { LightningElement } from 'lwc';
import { refreshPage } from 'lightning/refresh';
import { context } from 'localorg/context';

import Dashboard from 'page/dashboard';
import List from 'page/list';
import Report from 'page/report';
import Shelf from 'page/shelf';

// Pages that are one thing; all others have regions.
const WHOLE = { list: List, report: Report, dashboard: Dashboard, shelf: Shelf };

/** The page around the components: app bar, regions, messages. */
export default class Shell extends LightningElement {
  app = context.app;
  user = context.user;
  page = context.page;
  toasts = [];

  connectedCallback() {
    document.title = `${this.page.title} | ${this.app.label}`;
  }

  get items() {
    return this.app.items.map((item) => ({
      ...item,
      class: `slds-context-bar__item${item.isActive ? ' slds-is-active' : ''}`,
      current: item.isActive ? 'page' : undefined,
    }));
  }

  get whole() {
    return WHOLE[this.page.kind];
  }

  get regions() {
    return this.page.regions.map((region) => ({ ...region, class: `slds-col slds-size_1-of-1 slds-large-size_${region.width}-of-12 slds-m-bottom_small` }));
  }

  toast(event) {
    event.stopPropagation();
    const { title, message, variant = 'info', mode = 'dismissible' } = event.detail;
    const toast = { key: `${Date.now()}-${this.toasts.length}`, title, message, variant, mode };
    this.toasts = [...this.toasts, toast];
  }

  dismiss(event) {
    this.toasts = this.toasts.filter((toast) => toast.key !== event.detail);
  }

  async refreshAll(event) {
    event.stopPropagation();
    await refreshPage();
  }
}
