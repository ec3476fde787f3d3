import { createElement } from 'lwc';
import ReviewItem from 'c/reviewItem';

jest.mock('@salesforce/label/c.ReviewItem_Suggested', () => ({ default: 'Suggested: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewItem_Then', () => ({ default: 'Then: {0}.' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewItem_Ask', () => ({ default: 'Ask {0}.' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewItem_Before', () => ({ default: 'Before: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewItem_Decided', () => ({ default: '{0} by {1} on {2}' }), { virtual: true });
jest.mock('@salesforce/label/c.ReviewItem_Choose', () => ({ default: 'Choose {0}' }), { virtual: true });

const ITEM = {
    profileId: 'a01000000000001AAA',
    contactId: '003000000000001AAA',
    donor: 'Maria Rivera',
    givingUnit: 'Rivera Household',
    suggested: 'Major gift prospect',
    suggestedLabel: 'Candidato a gran donación',
    helps: 'gave 1,000 once; answers every call',
    holdsBack: null,
    nextStep: 'Invite to lunch.',
    suggestedAsk: 1200,
    confidenceLabel: 'Alta'
};

describe('c-review-item', () => {
    let element;
    const told = [];
    const keep = (event) => told.push([event.type, event.detail]);
    const find = (selector) => element.shadowRoot.querySelector(selector);

    function show(item, more) {
        element = createElement('c-review-item', { is: ReviewItem });
        Object.assign(element, { item: { ...ITEM, ...item }, canApprove: true, ...more });
        told.length = 0;
        for (const name of ['choose', 'approve', 'skip', 'overridechange']) {
            element.addEventListener(name, keep);
        }
        document.body.appendChild(element);
    }

    afterEach(() => document.body.replaceChildren());

    it('says who, what, why, what was before and what changes', async () => {
        show();
        expect(find('.donor').textContent).toBe('Maria Rivera');
        expect(find('.donor').getAttribute('href')).toBe('/lightning/r/Contact/003000000000001AAA/view');
        expect(find('.unit').textContent).toBe('Rivera Household');
        expect(find('.suggested').textContent).toBe('Suggested: Candidato a gran donación');
        expect(find('c-reason-list').helps).toEqual(['gave 1,000 once', 'answers every call']);
        expect(find('c-reason-list').holdsBack).toEqual([]);
        expect(find('.before').textContent).toBe('c.ReviewItem_Never');
        expect(find('.then').textContent).toBe('Then: Candidato a gran donación. Invite to lunch. Ask $1,200.');
        await expect(element).toBeAccessible();
    });

    it('names the last decision, and no ask where there is none', () => {
        show({ approvedLabel: 'Loyal donor', approvedBy: 'Ada', approvedAt: '2026-03-02T20:00:00.000Z', suggestedAsk: null });
        expect(find('.before').textContent).toBe('Before: Loyal donor by Ada on Mar 2, 2026');
        expect(find('.then').textContent).toBe('Then: Candidato a gran donación. Invite to lunch.');
    });

    it('tells what the person does', () => {
        show();
        const box = find('[data-field="chosen"]');
        expect(box.label).toBe('Choose Maria Rivera');
        box.checked = true;
        box.dispatchEvent(new CustomEvent('change'));
        find('c-form-buttons').dispatchEvent(new CustomEvent('save'));
        find('c-form-buttons').dispatchEvent(new CustomEvent('cancel'));
        find('c-segment-override').dispatchEvent(new CustomEvent('overridechange'));
        expect(told).toEqual([
            ['choose', { profileId: ITEM.profileId, isChosen: true }],
            ['approve', ITEM],
            ['skip', ITEM.profileId],
            ['overridechange', null]
        ]);
    });

    it('lets those who may only look choose another segment, and not approve', async () => {
        show({}, { canApprove: false });
        expect(find('c-form-buttons').label).toBeUndefined();
        expect(find('[data-field="chosen"]')).toBeNull();
        expect(find('c-segment-override').isForHousehold).toBe(true);
        expect(find('c-segment-override').choice).toEqual({ suggested: 'Major gift prospect', suggestedLabel: 'Candidato a gran donación' });
        await expect(element).toBeAccessible();
    });
});
