import { LightningElement, api } from 'lwc';

/** A standard component that exists in Salesforce only. */
export default class NotRendered extends LightningElement {
  @api description;
  @api page;

  get text() {
    return `${this.description.name} is part of Salesforce and not rendered here.`;
  }
}
