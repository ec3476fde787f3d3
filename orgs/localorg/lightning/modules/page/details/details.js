import { LightningElement, api, wire } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';

/** Every field of the page layout that the user may read. */
export default class Details extends LightningElement {
  @api description;
  @api page;
  record;

  @wire(getRecord, { recordId: '$page.recordId', optionalFields: '$page.details.fields' })
  receive({ data }) {
    this.record = data;
  }

  get sections() {
    return this.page.details.sections;
  }
}
