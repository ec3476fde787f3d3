import { QUESTIONS, likelihoodOf, questionOf, questionTitled } from 'c/questions';

jest.mock('@salesforce/label/c.ScoreBand_OutOf100', () => ({ default: 'about {0} in 100' }), { virtual: true });
jest.mock('@salesforce/label/c.ScoreBand_Top', () => ({ default: 'top {0} %' }), { virtual: true });

describe('c/questions', () => {
    it('has the reader’s words for each question, once', () => {
        expect(QUESTIONS).toHaveLength(15);
        for (const part of ['key', 'title', 'label']) {
            expect(new Set(QUESTIONS.map((one) => one[part])).size).toBe(15);
        }
        expect(questionOf('Renewal')).toBe('c.ScoreBand_Renewal');
        expect(questionTitled('Lapses within 12 months')).toBe('c.ScoreBand_Lapse_Risk');
    });

    it.each([
        [{ score: 91.6, rank: 3 }, 'about 92 in 100 · top 3 %'],
        [{ score: 30, rank: 50 }, 'about 30 in 100 · top 50 %'],
        [{ score: 4, rank: 51 }, 'about 4 in 100'],
        [{ score: 0 }, 'about 0 in 100'],
        [{ rank: 6 }, 'c.MoreQuestions_OnlyOrder · top 6 %']
    ])('says how likely, and the rank of those who stand out: %p', (outcome, words) => {
        expect(likelihoodOf(outcome)).toBe(words);
    });

    it('shows what it does not know as it came', () => {
        expect(questionOf('Newer')).toBe('Newer');
        expect(questionTitled('Something newer')).toBe('Something newer');
    });
});
