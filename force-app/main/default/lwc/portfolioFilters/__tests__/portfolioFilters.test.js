import { createElement } from 'lwc';
import { getPicklistValues } from 'lightning/uiObjectInfoApi';
import PortfolioFilters from 'c/portfolioFilters';

describe('c-portfolio-filters', () => {
    let element;
    let narrowed;
    const field = (name) => element.shadowRoot.querySelector(`[data-field="${name}"]`);

    beforeEach(() => {
        element = createElement('c-portfolio-filters', { is: PortfolioFilters });
        element.filter = { mine: true, segment: 'Lapsed' };
        narrowed = jest.fn();
        element.addEventListener('narrow', (event) => narrowed(event.detail));
        document.body.appendChild(element);
    });

    afterEach(() => document.body.replaceChildren());

    it('shows what narrows the list now', async () => {
        expect(field('segment').value).toBe('Lapsed');
        expect(field('band').value).toBe('');
        expect(field('mine').checked).toBe(true);
        await expect(element).toBeAccessible();
    });

    it('offers the org’s own words, every question, and all', async () => {
        getPicklistValues.emit({ values: [{ label: 'Perdido', value: 'Lapsed', attributes: null }] });
        await Promise.resolve();
        expect(field('segment').options).toEqual([
            { label: 'c.PortfolioFilters_All', value: '' },
            { label: 'Perdido', value: 'Lapsed' }
        ]);
        expect(field('priority').options).toHaveLength(16);
        expect(field('priority').options[1]).toEqual({ label: 'c.ScoreBand_Propensity', value: 'Gives in 90 days' });
    });

    it.each([
        ['segment', 'Loyal donor', 'Loyal donor'],
        ['band', '', undefined],
        ['priority', 'Gives in 90 days', 'Gives in 90 days']
    ])('tells which %s was picked', (name, value, told) => {
        field(name).dispatchEvent(new CustomEvent('change', { detail: { value } }));
        expect(narrowed).toHaveBeenCalledWith({ [name]: told });
    });

    it.each(['mine', 'thisWeek', 'stale'])('tells whether %s is ticked', (name) => {
        field(name).checked = false;
        field(name).dispatchEvent(new CustomEvent('change'));
        expect(narrowed).toHaveBeenCalledWith({ [name]: false });
    });
});
