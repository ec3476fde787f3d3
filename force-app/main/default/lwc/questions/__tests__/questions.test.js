import { QUESTIONS, questionOf, questionTitled } from 'c/questions';

describe('c/questions', () => {
    it('has the reader’s words for each question, once', () => {
        expect(QUESTIONS).toHaveLength(15);
        for (const part of ['key', 'title', 'label']) {
            expect(new Set(QUESTIONS.map((one) => one[part])).size).toBe(15);
        }
        expect(questionOf('Renewal')).toBe('c.ScoreBand_Renewal');
        expect(questionTitled('Lapses within 12 months')).toBe('c.ScoreBand_Lapse_Risk');
    });

    it('shows what it does not know as it came', () => {
        expect(questionOf('Newer')).toBe('Newer');
        expect(questionTitled('Something newer')).toBe('Something newer');
    });
});
