import { createElement } from 'lwc';
import SegmentOverride from 'c/segmentOverride';

// Absent for people without the custom permission, as in the org.
jest.mock('@salesforce/customPermission/AI_Override_Segment', () => ({ default: undefined }), { virtual: true });

describe('c-segment-override for people who may only look', () => {
    afterEach(() => document.body.replaceChildren());

    it('shows the choice and offers no action', async () => {
        const element = createElement('c-segment-override', { is: SegmentOverride });
        const choice = { suggested: 'Loyal donor', chosen: 'Lapsed', reason: 'moved', byWhom: 'Ada' };
        Object.assign(element, { profileId: 'a01000000000001AAA', choice });
        document.body.appendChild(element);
        expect(element.shadowRoot.querySelector('.chosen')).not.toBeNull();
        expect(element.shadowRoot.querySelector('[data-action]')).toBeNull();
        await expect(element).toBeAccessible();
    });
});
