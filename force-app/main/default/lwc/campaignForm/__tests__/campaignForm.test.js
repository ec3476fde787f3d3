import { createElement } from 'lwc';
import CampaignForm from 'c/campaignForm';
import campaigns from '@salesforce/apex/PortfolioController.campaigns';
import addToCampaign from '@salesforce/apex/PortfolioController.addToCampaign';

jest.mock(
    '@salesforce/apex/PortfolioController.campaigns',
    () => {
        const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
        return { default: createApexTestWireAdapter(jest.fn()) };
    },
    { virtual: true }
);
jest.mock('@salesforce/apex/PortfolioController.addToCampaign', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.CampaignForm_Added', () => ({ default: 'Added {0}, there {1}' }), { virtual: true });

const SPRING = { Id: '701000000000001AAA', Name: 'Spring appeal' };
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-campaign-form', () => {
    let element;
    const told = [];
    const keep = (event) => told.push(event.detail?.title ?? event.type);
    const find = (selector) => element.shadowRoot.querySelector(selector);
    const buttons = () => find('c-form-buttons');

    beforeEach(() => {
        element = createElement('c-campaign-form', { is: CampaignForm });
        element.donors = [{ contactId: '003000000000001AAA' }, { contactId: '003000000000002AAA' }];
        told.length = 0;
        for (const name of ['done', 'cancel', 'lightning__showtoast']) {
            element.addEventListener(name, keep);
        }
        document.body.appendChild(element);
    });

    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
    });

    async function pickSpring() {
        campaigns.emit([SPRING]);
        await settled();
        find('[data-field="campaign"]').dispatchEvent(new CustomEvent('change', { detail: { value: SPRING.Id } }));
        await settled();
    }

    it('offers active campaigns and adds the donors to one', async () => {
        expect(campaigns.getLastConfig()).toEqual({ part: '' });
        expect(buttons().isDisabled).toBe(true);
        addToCampaign.mockResolvedValue(1);
        await pickSpring();
        expect(find('[data-field="campaign"]').options).toEqual([{ label: 'Spring appeal', value: SPRING.Id }]);
        await expect(element).toBeAccessible();
        buttons().dispatchEvent(new CustomEvent('save'));
        await settled();
        expect(addToCampaign).toHaveBeenCalledWith({
            contactIds: ['003000000000001AAA', '003000000000002AAA'],
            campaignId: SPRING.Id
        });
        expect(told).toEqual(['Added 1, there 1', 'done']);
    });

    it('finds by a part of the name, and forgets what was picked before', async () => {
        await pickSpring();
        find('[data-field="search"]').value = 'gala';
        find('[data-field="search"]').dispatchEvent(new CustomEvent('change'));
        await settled();
        expect(campaigns.getLastConfig()).toEqual({ part: 'gala' });
        expect(buttons().isDisabled).toBe(true);
        campaigns.emit([]);
        await settled();
        expect(find('.none').textContent).toBe('c.CampaignForm_None');
        await expect(element).toBeAccessible();
    });

    it('stays open and says why when the org refuses', async () => {
        addToCampaign.mockRejectedValue({ body: { message: 'You do not have access.' } });
        await pickSpring();
        buttons().dispatchEvent(new CustomEvent('save'));
        await settled();
        expect(buttons().error.body.message).toBe('You do not have access.');
        expect(told).toEqual([]);
        expect([buttons().isDisabled, buttons().isSaving]).toEqual([false, false]);
    });

    it('says why when campaigns cannot be read', async () => {
        campaigns.error({ message: 'You do not have access.' });
        await settled();
        expect(buttons().error.body.message).toBe('You do not have access.');
    });

    it('can be left', () => {
        buttons().dispatchEvent(new CustomEvent('cancel'));
        expect(told).toEqual(['cancel']);
    });
});
