import { LightningElement, api } from 'lwc';
import { analyticsApi, send } from 'localorg/rest';

const NUMBERS = new Set(['currency', 'double', 'int', 'percent']);
const ID = /^[a-zA-Z0-9]{18}$/;

/** A report as it runs now: its groups with their sums, its rows, and the sums of all. */
export default class Report extends LightningElement {
  @api page;
  result;
  problem;

  async connectedCallback() {
    try {
      this.result = await send('GET', analyticsApi(`reports/${this.page.recordId}?includeDetails=true`));
    } catch (refused) {
      this.problem = refused.message;
    }
  }

  get metadata() {
    return this.result.reportMetadata;
  }

  /** What all rows come to: how many, and their sums. */
  get totals() {
    const { aggregates } = this.result.factMap['T!T'];
    const { aggregateColumnInfo } = this.result.reportExtendedMetadata;
    return this.metadata.aggregates.map((name, place) => ({ name, label: aggregateColumnInfo[name].label, value: aggregates[place].label })).reverse();
  }

  get columns() {
    const { detailColumnInfo } = this.result.reportExtendedMetadata;
    return this.metadata.detailColumns.map((name) => {
      const { label, dataType } = detailColumnInfo[name];
      return { name, label, class: `slds-cell-wrap ${NUMBERS.has(dataType) ? 'slds-text-align_right' : ''}` };
    });
  }

  get width() {
    return this.columns.length;
  }

  /** Group by group: its name and sums, then its rows where the report shows them. */
  get groups() {
    const { factMap, groupingsDown } = this.result;
    if (!groupingsDown.groupings.length) return [{ key: 'T', rows: this.rowsOf(factMap['T!T'], 'T') }];
    return this.inside(groupingsDown.groupings, 0);
  }

  get isEmpty() {
    return !this.result.factMap['T!T'].aggregates.at(-1).value;
  }

  inside(groupings, level) {
    const { factMap } = this.result;
    return groupings.flatMap((group) => [
      {
        key: group.key,
        heading: `${this.nameOf(level)}: ${group.label}`,
        sums: this.sumsOf(factMap[`${group.key}!T`]),
        rows: this.metadata.hasDetailRows ? this.rowsOf(factMap[`${group.key}!T`], group.key) : [],
      },
      ...this.inside(group.groupings, level + 1),
    ]);
  }

  nameOf(level) {
    const { name } = this.metadata.groupingsDown[level];
    return this.result.reportExtendedMetadata.groupingColumnInfo[name].label;
  }

  sumsOf({ aggregates }) {
    const { aggregateColumnInfo } = this.result.reportExtendedMetadata;
    return this.metadata.aggregates.map((name, place) => `${aggregateColumnInfo[name].label}: ${aggregates[place].label}`).reverse().join(' · ');
  }

  rowsOf({ rows }, group) {
    return rows.map(({ dataCells }, number) => ({
      key: `${group}-${number}`,
      cells: dataCells.map(({ label, value }, place) => ({
        key: String(place),
        label,
        class: this.columns[place].class,
        url: ID.test(value) && value !== label ? `/lightning/r/${value}/view` : undefined,
      })),
    }));
  }
}
