import { LightningElement, api } from 'lwc';

/** The related lists of the record's page layout. */
export default class RelatedLists extends LightningElement {
  @api description;
  @api page;

  get lists() {
    return this.page.related;
  }

  get isNone() {
    return !this.lists.length;
  }
}
