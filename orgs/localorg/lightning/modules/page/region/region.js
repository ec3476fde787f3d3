import { LightningElement, api } from 'lwc';

/** The components of one region, one below the other. */
export default class Region extends LightningElement {
  @api components = [];
  @api page;
}
