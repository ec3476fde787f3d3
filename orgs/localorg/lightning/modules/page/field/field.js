import { LightningElement, api } from 'lwc';

/** One value of a record as a person reads it; what it points to is a link. */
export default class Field extends LightningElement {
  @api record;
  @api field; // {path, kind, lookup: path of the id it links to, isSelf: links to the record itself}

  get value() {
    return this.at(this.field.path);
  }

  get text() {
    const { value, displayValue } = this.value ?? {};
    return displayValue ?? (typeof value === 'boolean' ? undefined : value);
  }

  get isCheckbox() {
    return this.field.kind === 'boolean';
  }

  get checkbox() {
    return this.value?.value ? 'utility:check' : 'utility:steps';
  }

  get checkboxText() {
    return this.value?.value ? 'True' : 'False';
  }

  get link() {
    const { lookup, isSelf } = this.field;
    const owner = isSelf ? this.record : lookup && this.at(lookup.split('.').slice(0, -1).join('.'))?.value;
    return owner?.id && this.text ? `/lightning/r/${owner.apiName}/${owner.id}/view` : undefined;
  }

  at(path) {
    return path.split('.').reduce((found, name, place) => (place ? found?.value?.fields?.[name] : this.record.fields[name]), undefined);
  }
}
