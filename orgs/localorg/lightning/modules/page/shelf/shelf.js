import { LightningElement, api } from 'lwc';
import { analyticsApi, send } from 'localorg/rest';

/** All reports, or all dashboards, each with a link. */
export default class Shelf extends LightningElement {
  @api page;
  found = [];
  problem;

  async connectedCallback() {
    try {
      const listed = await send('GET', analyticsApi(`${this.page.shelf.toLowerCase()}s`));
      this.found = listed.map(({ id, name }) => ({ id, name, url: `/lightning/r/${this.page.shelf}/${id}/view` }));
    } catch (refused) {
      this.problem = refused.message;
    }
  }
}
