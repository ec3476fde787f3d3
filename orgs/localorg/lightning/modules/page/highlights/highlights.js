import { LightningElement, api, wire } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';
import { context } from 'localorg/context';

/** The record's name and the fields of its compact layout. */
export default class Highlights extends LightningElement {
  @api description;
  @api page = context.page;
  record;
  error;

  @wire(getRecord, { recordId: '$page.recordId', fields: '$page.highlights.required', optionalFields: '$page.highlights.fields' })
  receive({ data, error }) {
    this.record = data;
    this.error = error;
  }

  get fields() {
    return this.page.highlights.shown;
  }
}
