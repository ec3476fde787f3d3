import { LightningElement, api } from 'lwc';
import { analyticsApi, send } from 'localorg/rest';

/** A dashboard: its components where the grid has them, with what their reports find for whoever looks. */
export default class Dashboard extends LightningElement {
  @api page;
  found;
  problem;

  async connectedCallback() {
    try {
      this.found = await send('GET', analyticsApi(`dashboards/${this.page.recordId}`));
    } catch (refused) {
      this.problem = refused.message;
    }
  }

  get description() {
    return this.found.dashboardMetadata.description;
  }

  get viewer() {
    return `As ${this.found.dashboardMetadata.runningUser.displayName} sees it`;
  }

  get grid() {
    const { numColumns, rowHeight } = this.found.dashboardMetadata.layout;
    return `grid-template-columns: repeat(${numColumns}, minmax(0, 1fr)); grid-auto-rows: ${rowHeight}px`;
  }

  get components() {
    const { components, layout } = this.found.dashboardMetadata;
    return components.map((component, place) => {
      const { colspan, column, row, rowspan } = layout.components[place];
      const { reportResult, status } = this.found.componentData[component.componentData];
      return {
        ...component,
        style: `grid-area: ${row + 1} / ${column + 1} / span ${rowspan} / span ${colspan}`,
        result: reportResult,
        problem: status.errorMessage,
        isMetric: component.properties.visualizationType === 'Metric',
        metric: reportResult?.factMap['T!T'].aggregates.at(-1).label,
        url: `/lightning/r/Report/${component.reportId}/view`,
        link: `View report: ${component.header}`,
      };
    });
  }
}
