import { createElement } from 'lwc';
import { getPicklistValues } from 'lightning/uiObjectInfoApi';
import SegmentOverride from 'c/segmentOverride';
import overrideSegment from '@salesforce/apex/DonorProfileController.overrideSegment';
import changeSegment from '@salesforce/apex/ReviewQueueController.changeSegment';
import removeOverride from '@salesforce/apex/DonorProfileController.removeOverride';

jest.mock('@salesforce/apex/DonorProfileController.overrideSegment', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ReviewQueueController.changeSegment', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/DonorProfileController.removeOverride', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/customPermission/AI_Override_Segment', () => ({ default: true }), { virtual: true });

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-segment-override', () => {
    let element;
    let changed;

    function show(choice = { suggested: 'Loyal donor' }) {
        element = createElement('c-segment-override', { is: SegmentOverride });
        Object.assign(element, { profileId: 'a01000000000001AAA', choice });
        changed = jest.fn();
        element.addEventListener('overridechange', changed);
        document.body.appendChild(element);
    }
    const action = (name) => element.shadowRoot.querySelector(`[data-action="${name}"]`);
    const buttons = () => element.shadowRoot.querySelector('c-form-buttons');
    const press = (name) => buttons().dispatchEvent(new CustomEvent(name));
    const field = (name) => element.shadowRoot.querySelector(`[data-field="${name}"]`);

    /** The stubs of lightning inputs have no validation of their own. */
    function enter(values, isValid = true) {
        for (const name of ['segment', 'reason', 'until']) {
            field(name).value = values[name];
            field(name).reportValidity = () => isValid;
            field(name).focus = jest.fn();
        }
    }

    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
    });

    it('offers the segments of the org and saves what was chosen', async () => {
        show();
        getPicklistValues.emit({ values: [{ label: 'Großspender', value: 'Major gift prospect', attributes: null }] });
        action('open').click();
        await settled();
        expect(element.shadowRoot.querySelector('.household')).toBeNull();
        expect(field('segment').options).toEqual([{ label: 'Großspender', value: 'Major gift prospect' }]);
        await expect(element).toBeAccessible();

        enter({ segment: 'Major gift prospect', reason: 'sold her company', until: '' });
        overrideSegment.mockResolvedValue();
        press('save');
        await settled();
        expect(overrideSegment).toHaveBeenCalledWith({
            profileId: 'a01000000000001AAA',
            segment: 'Major gift prospect',
            reason: 'sold her company',
            until: null
        });
        expect(changed).toHaveBeenCalledTimes(1);
        expect(field('segment')).toBeNull();
    });

    it('counts for the household where its suggestion is looked at, and says so', async () => {
        show();
        element.isForHousehold = true;
        action('open').click();
        await settled();
        expect(element.shadowRoot.querySelector('.household').textContent).toBe('c.ReviewItem_ForHousehold');
        await expect(element).toBeAccessible();
        enter({ segment: 'Lapsed', reason: 'moved', until: '2026-12-31' });
        changeSegment.mockResolvedValue();
        press('save');
        await settled();
        expect(changeSegment).toHaveBeenCalledWith({
            profileId: 'a01000000000001AAA',
            segment: 'Lapsed',
            reason: 'moved',
            until: '2026-12-31'
        });
        expect(overrideSegment).not.toHaveBeenCalled();
        expect(changed).toHaveBeenCalledTimes(1);
    });

    it('saves nothing while something is missing, and leads to it', async () => {
        show();
        action('open').click();
        await settled();
        enter({}, false);
        press('save');
        await settled();
        expect(overrideSegment).not.toHaveBeenCalled();
        expect(field('segment').focus).toHaveBeenCalled();
    });

    it('keeps the form open and says why when the org refuses', async () => {
        show();
        action('open').click();
        await settled();
        enter({ segment: 'Lapsed', reason: 'x', until: '2020-01-01' });
        overrideSegment.mockRejectedValue({ body: { message: 'Choose an end date that is not in the past.' } });
        press('save');
        await settled();
        expect(buttons().error.body.message).toMatch('not in the past');
        expect(field('reason')).not.toBeNull();
        expect(changed).not.toHaveBeenCalled();
    });

    it('shows who chose and why, and removes the choice', async () => {
        show({ suggested: 'Loyal donor', chosen: 'Lapsed', reason: 'moved', byWhom: 'Ada' });
        expect(element.shadowRoot.querySelector('.chosen')).not.toBeNull();
        removeOverride.mockResolvedValue();
        action('remove').click();
        await settled();
        expect(removeOverride).toHaveBeenCalledWith({ profileId: 'a01000000000001AAA' });
        expect(changed).toHaveBeenCalledTimes(1);
    });

    it('closes the form without saving', async () => {
        show();
        action('open').click();
        await settled();
        press('cancel');
        await settled();
        expect(field('segment')).toBeNull();
        expect(overrideSegment).not.toHaveBeenCalled();
    });
});
