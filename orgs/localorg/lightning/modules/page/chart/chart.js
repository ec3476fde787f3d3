import { LightningElement, api } from 'lwc';
import { context } from 'localorg/context';

const WIDTH = 480;
const BAR = { height: 26, label: 150 };
const COLUMN = { height: 200, foot: 24, head: 20 };
const { locale, currency } = context.i18n;
const FORMATS = {
  currency: new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 }),
  other: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }),
};

/** A report's groups as bars or as columns; who cannot see them is read the same as a table. */
export default class Chart extends LightningElement {
  @api component;
  @api result;

  get isBar() {
    return this.component.properties.visualizationType === 'Bar';
  }

  get measure() {
    const { name } = this.component.properties.aggregates[0];
    return { ...this.result.reportExtendedMetadata.aggregateColumnInfo[name], place: this.result.reportMetadata.aggregates.indexOf(name) };
  }

  get values() {
    const { place, dataType } = this.measure;
    const format = FORMATS[dataType] ?? FORMATS.other;
    return this.result.groupingsDown.groupings.map(({ key, label }) => {
      const { value } = this.result.factMap[`${key}!T`].aggregates[place];
      return { key, label, value: value ?? 0, text: format.format(value ?? 0) };
    });
  }

  get isEmpty() {
    return !this.values.length;
  }

  get most() {
    return Math.max(...this.values.map(({ value }) => value), 1e-9);
  }

  get viewBox() {
    return `0 0 ${WIDTH} ${this.isBar ? this.values.length * BAR.height : COLUMN.height}`;
  }

  get marks() {
    return this.isBar ? this.bars : this.columns;
  }

  get bars() {
    const room = WIDTH - BAR.label - 80;
    return this.values.map((one, place) => {
      const top = place * BAR.height;
      const length = Math.max((one.value / this.most) * room, 1);
      const middle = top + BAR.height / 2 + 4;
      return {
        ...one,
        x: BAR.label,
        y: top + 4,
        width: length,
        height: BAR.height - 8,
        name: { x: BAR.label - 6, y: middle, anchor: 'end' },
        number: { x: BAR.label + length + 6, y: middle, anchor: 'start' },
      };
    });
  }

  get columns() {
    const step = WIDTH / this.values.length;
    const room = COLUMN.height - COLUMN.foot - COLUMN.head;
    return this.values.map((one, place) => {
      const height = Math.max((one.value / this.most) * room, 1);
      const middle = (place + 0.5) * step;
      const top = COLUMN.head + room - height;
      return {
        ...one,
        x: middle - Math.min(step * 0.3, 40),
        y: top,
        width: Math.min(step * 0.6, 80),
        height,
        name: { x: middle, y: COLUMN.height - 8, anchor: 'middle' },
        number: { x: middle, y: top - 5, anchor: 'middle' },
      };
    });
  }
}
