import { LightningElement, api } from 'lwc';
import { components } from 'localorg/components';

import Details from 'page/details';
import Highlights from 'page/highlights';
import NotRendered from 'page/notRendered';
import RelatedLists from 'page/relatedLists';
import Tabs from 'page/tabs';

const STANDARD = {
  'force:highlightsPanel': Highlights,
  'force:detailPanel': Details,
  'force:relatedListContainer': RelatedLists,
  'flexipage:tabset': Tabs,
};

/** One component of a flexipage: a deployed one, or the plain stand-in of a standard one. */
export default class Component extends LightningElement {
  @api description;
  @api page;
  type;
  given;

  async connectedCallback() {
    const { name, properties } = this.description;
    if (!name.startsWith('c:')) {
      this.type = STANDARD[name] ?? NotRendered;
      return;
    }
    const { default: found } = await components[name.slice(2)]();
    this.given = properties;
    this.type = found;
  }

  get properties() {
    return this.given ?? { description: this.description, page: this.page };
  }
}
