import { LightningElement, api, wire } from 'lwc';
import { getRelatedListRecords } from 'lightning/uiRelatedListApi';

/** One related list: the newest children, each with a link to its own page. */
export default class RelatedList extends LightningElement {
  @api list;
  @api page;
  found;
  error;

  @wire(getRelatedListRecords, { parentRecordId: '$page.recordId', relatedListId: '$list.name', optionalFields: '$list.fields', pageSize: 10 })
  receive({ data, error }) {
    this.found = data;
    this.error = error;
  }

  get columns() {
    return this.list.columns.map((column) => ({
      ...column,
      lookup: column.lookup ?? undefined,
      isSelf: column.name === this.list.nameField,
    }));
  }

  get heading() {
    const { count, nextPageToken } = this.found ?? {};
    return count === undefined ? this.list.label : `${this.list.label} (${count}${nextPageToken ? '+' : ''})`;
  }

  get isEmpty() {
    return this.found?.count === 0;
  }

  get problem() {
    return this.error?.message;
  }
}
