import { createElement } from 'lwc';
import PortfolioTable from 'c/portfolioTable';

jest.mock('@salesforce/client/formFactor', () => ({ default: 'Small' }), { virtual: true });

describe('c-portfolio-table on a phone', () => {
    it('begins with who, what can be done, how likely and when', async () => {
        const element = createElement('c-portfolio-table', { is: PortfolioTable });
        Object.assign(element, { rows: [], filter: {}, canLogTasks: true });
        document.body.appendChild(element);
        const columns = element.shadowRoot.querySelector('lightning-datatable').columns.map(({ fieldName, type }) => fieldName ?? type);
        expect(columns.slice(0, 5)).toEqual(['url', 'action', 'likelihood', 'when', 'nextStep']);
        expect(columns).toHaveLength(10);
        await expect(element).toBeAccessible();
    });
});
