import { LightningElement, api } from 'lwc';

/** A set of tabs, each with components of its own. */
export default class Tabs extends LightningElement {
  @api description;
  @api page;

  get active() {
    return this.description.tabs.find((tab) => tab.isActive)?.key;
  }
}
