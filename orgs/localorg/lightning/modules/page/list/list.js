import { LightningElement, api, wire } from 'lwc';
import { getListInfoByName, getListInfosByObjectName, getListRecordsByName } from 'lightning/uiListsApi';

/** A list view: its columns, and the records that it holds for this user. */
export default class List extends LightningElement {
  @api page;
  views = [];
  info;
  found;
  error;

  @wire(getListInfosByObjectName, { objectApiName: '$page.objectApiName' })
  receiveViews({ data, error }) {
    this.views = (data?.lists ?? []).map(({ label, apiName }) => ({ label, value: apiName }));
    this.error ??= error;
  }

  @wire(getListInfoByName, { objectApiName: '$page.objectApiName', listViewApiName: '$page.filterName' })
  receiveInfo({ data, error }) {
    this.info = data;
    this.error ??= error;
  }

  @wire(getListRecordsByName, { objectApiName: '$page.objectApiName', listViewApiName: '$page.filterName', pageSize: 100 })
  receiveRecords({ data, error }) {
    this.found = data;
    this.error ??= error;
  }

  get title() {
    return this.info?.label ?? this.page.title;
  }

  get columns() {
    return this.info.displayColumns.map(({ fieldApiName, label, lookupId }) => ({
      name: fieldApiName,
      label,
      path: fieldApiName,
      kind: this.page.kinds[fieldApiName],
      lookup: lookupId ?? undefined,
      isSelf: fieldApiName === this.page.nameField,
    }));
  }

  get isReady() {
    return this.info && this.found;
  }

  get count() {
    const { count, nextPageToken } = this.found ?? {};
    return count === undefined ? '' : `${count}${nextPageToken ? '+' : ''} ${count === 1 ? 'item' : 'items'}`;
  }

  get problem() {
    const { body } = this.error ?? {};
    return [].concat(body ?? []).map((one) => one.message).join(' ') || this.error?.message;
  }

  choose(event) {
    location.assign(`/lightning/o/${this.page.objectApiName}/list?filterName=${event.detail.value}`);
  }
}
