import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import DonorInsight from 'c/donorInsight';
import insightFor from '@salesforce/apex/DonorProfileController.insightFor';

jest.mock(
    '@salesforce/apex/DonorProfileController.insightFor',
    () => {
        const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
        return { default: createApexTestWireAdapter(jest.fn()) };
    },
    { virtual: true }
);
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn(() => Promise.resolve()) }), { virtual: true });
jest.mock('@salesforce/label/c.DonorInsight_NotScored', () => ({ default: 'Not scored: {0}.' }), { virtual: true });
jest.mock('@salesforce/label/c.DonorInsight_Whose', () => ({ default: '{0} of {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.DonorInsight_SuggestedSegment', () => ({ default: 'Suggested: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.DonorInsight_BasedOn_Household', () => ({ default: 'Based on {0}' }), { virtual: true });

const SCORED = {
    state: 'Scored',
    profileId: 'a01000000000001AAA',
    givingUnitName: 'Rivera Household',
    basis: 'Household',
    segment: 'Loyal donor',
    segmentLabel: 'Donante fiel',
    choice: { suggested: 'Loyal donor', suggestedLabel: 'Donante fiel' },
    contactId: '003000000000001AAA',
    needsReview: false,
    nextStep: 'Thank by name.',
    talkingPoints: 'Say how long they have been with you.',
    response: 'A person now',
    responseOwner: 'Contact owner',
    trend: [{ month: '2026-02', score: 33 }, { month: '2026-03', score: 34.5 }],
    closestCause: 'Education',
    outcomes: [
        { key: 'Propensity', score: 34.5, band: 'High', bandLabel: 'Alta', rank: 12, helps: ['gave 5 gifts'], holdsBack: ['no gift since May'] },
        { key: 'Upgrade', score: 8, band: 'Medium', bandLabel: 'Media', rank: 40, helps: [], holdsBack: [] }
    ],
    furtherOutcomes: [{ key: 'Renewal', score: 60, band: 'High', bandLabel: 'Alta', rank: 9, helps: [], holdsBack: [] }],
    ahead: { nextGift: { amount: 150 }, lifetime: [] },
    recurringHealth: { value: 'At Risk', label: 'En riesgo', reason: 'the card expires' },
    preferredChannel: { value: 'Phone', label: 'Teléfono', reason: 'answered 3 calls' },
    contactName: 'Maria Rivera',
    suggestedAsk: { amount: 125, low: 100, high: 150, reason: 'x' },
    confidence: 'High',
    confidenceLabel: 'Alta',
    method: 'Model',
    scoredAt: '2026-03-01T02:10:00.000Z',
    expiresAt: '2026-03-04T02:10:00.000Z',
    stale: false,
    canGiveFeedback: true
};

describe('c-donor-insight', () => {
    let element;
    const find = (selector) => element.shadowRoot.querySelector(selector);

    beforeEach(() => {
        element = createElement('c-donor-insight', { is: DonorInsight });
        element.recordId = '003000000000001AAA';
        document.body.appendChild(element);
    });

    afterEach(() => document.body.replaceChildren());

    const receive = async (insight) => {
        insightFor.emit(insight);
        await Promise.resolve();
    };

    it('asks for the record it stands on and shows that it is loading', () => {
        expect(insightFor.getLastConfig()).toEqual({ recordId: '003000000000001AAA' });
        expect(find('lightning-spinner')).not.toBeNull();
    });

    it('hands each part of the insight to its screen', async () => {
        await receive(SCORED);
        expect(find('lightning-spinner')).toBeNull();
        expect(find('.segment').textContent).toBe('Donante fiel');
        const { step, talkingPoints, response, owner } = find('c-next-step');
        expect([step, talkingPoints]).toEqual(['Thank by name.', 'Say how long they have been with you.']);
        expect([response, owner]).toEqual(['A person now', 'Contact owner']);
        expect(find('c-score-trend').points).toEqual(SCORED.trend);
        expect(find('c-answer-feedback').profileId).toBe(SCORED.profileId);
        expect(find('c-score-now').contactId).toBe(SCORED.contactId);
        expect(find('.needs-review')).toBeNull();
        expect([...element.shadowRoot.querySelectorAll('c-score-band')].map((one) => one.outcome.key)).toEqual([
            'Propensity',
            'Upgrade'
        ]);
        expect(find('c-reason-list').helps).toEqual(['gave 5 gifts']);
        expect(find('c-reason-list').holdsBack).toEqual(['no gift since May']);
        expect(find('c-suggested-ask').ask.amount).toBe(125);
        expect(find('c-more-questions').outcomes).toEqual(SCORED.furtherOutcomes);
        expect(find('c-giving-ahead').ahead).toEqual(SCORED.ahead);
        expect(find('[data-fact="health"]').fact.value).toBe('At Risk');
        expect(find('[data-fact="channel"]').fact.value).toBe('Phone');
        expect(find('.whose')).toBeNull();
        expect(find('c-freshness-badge').stale).toBe(false);
        expect(find('.basis').textContent).toContain('Based on Rivera Household');
        expect(find('.by-rule')).toBeNull();
        await expect(element).toBeAccessible();
    });

    it('says when a rule and not a model answered', async () => {
        await receive({ ...SCORED, method: 'Rule' });
        expect(find('.by-rule')).not.toBeNull();
    });

    it('says on a household’s page whom it is about', async () => {
        element.objectApiName = 'Account';
        await receive(SCORED);
        expect(find('.whose').textContent).toBe('Maria Rivera of Rivera Household');
    });

    it('has no place for habits that a donor has not', async () => {
        await receive({ ...SCORED, recurringHealth: undefined, preferredChannel: undefined });
        expect(find('c-reasoned-fact')).toBeNull();
    });

    it('says that a person looks at it first', async () => {
        await receive({ ...SCORED, needsReview: true, segment: undefined, segmentLabel: undefined });
        expect(find('.segment').textContent).toBe('Suggested: Donante fiel');
        expect(find('.needs-review').label).toBe('c.DonorInsight_NeedsReview');
        expect(find('.step-waits').textContent).toBe('c.DonorInsight_StepWaits');
        expect([find('c-next-step'), find('c-suggested-ask')]).toEqual([null, null]);
        await expect(element).toBeAccessible();
    });

    it('asks for feedback only those who may give it', async () => {
        await receive({ ...SCORED, canGiveFeedback: false });
        expect(find('c-answer-feedback')).toBeNull();
        await expect(element).toBeAccessible();
    });

    it.each([
        ['NoProfile', {}, 'c.DonorInsight_NoProfile'],
        ['OptedOut', {}, 'c.DonorInsight_OptedOut'],
        ['SwitchedOff', {}, 'c.DonorInsight_SwitchedOff'],
        ['OnTrial', {}, 'c.DonorInsight_OnTrial'],
        ['NotScored', { notScoredReason: 'Deceased' }, 'Not scored: c.KnownWords_Deceased.']
    ])('shows no score of a donor who is %s, and says why', async (state, more, text) => {
        await receive({ state, ...more });
        expect(find('.message').textContent).toBe(text);
        expect(find('c-score-band')).toBeNull();
        expect(find('c-suggested-ask')).toBeNull();
        expect(find('c-answer-feedback')).toBeNull();
        expect(find('c-score-now')).toBeNull();
        await expect(element).toBeAccessible();
    });

    it('can ask for the first answer about a new Contact', async () => {
        element.objectApiName = 'Contact';
        await receive({ state: 'NoProfile' });
        expect(find('c-score-now').contactId).toBe('003000000000001AAA');
    });

    it('never asks about a Contact who opted out', async () => {
        element.objectApiName = 'Contact';
        await receive({ state: 'OptedOut', contactId: '003000000000001AAA' });
        expect(find('c-score-now')).toBeNull();
    });

    it('shows what went wrong', async () => {
        insightFor.error({ message: 'You do not have access.' });
        await Promise.resolve();
        expect(find('c-error-panel').error.body.message).toBe('You do not have access.');
        expect(find('lightning-spinner')).toBeNull();
    });

    it.each([
        ['an override', 'c-segment-override', 'overridechange'],
        ['a fresh answer', 'c-score-now', 'rescored']
    ])('asks again after %s', async (_, child, event) => {
        await receive(SCORED);
        refreshApex.mockClear();
        find(child).dispatchEvent(new CustomEvent(event));
        expect(refreshApex).toHaveBeenCalledTimes(1);
    });

    it('does not ask again while somebody types in the form below', async () => {
        await receive(SCORED);
        refreshApex.mockClear();
        find('c-segment-override').dispatchEvent(new CustomEvent('change', { bubbles: true, composed: true }));
        expect(refreshApex).not.toHaveBeenCalled();
    });
});
