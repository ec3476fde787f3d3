import { createElement } from 'lwc';
import ScoreNow from 'c/scoreNow';

// Absent for people without the custom permission, as in the org.
jest.mock('@salesforce/customPermission/AI_Rescore', () => ({ default: undefined }), { virtual: true });

describe('c-score-now for people who may only look', () => {
    afterEach(() => document.body.replaceChildren());

    it('offers nothing', () => {
        const element = createElement('c-score-now', { is: ScoreNow });
        element.contactId = '003000000000001AAA';
        document.body.appendChild(element);
        expect(element.shadowRoot.children).toHaveLength(0);
    });
});
