import { LightningElement, api, wire } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';

/** The record's name and the fields of its compact layout. */
export default class Highlights extends LightningElement {
  @api description;
  @api page;
  record;

  @wire(getRecord, { recordId: '$page.recordId', fields: '$page.highlights.required', optionalFields: '$page.highlights.fields' })
  receive({ data }) {
    this.record = data;
  }

  get fields() {
    return this.page.highlights.shown;
  }
}
