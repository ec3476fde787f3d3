import { inReadersWords } from 'c/knownWords';

jest.mock('@salesforce/label/c.KnownWords_Deceased', () => ({ default: 'fallecido' }), { virtual: true });
jest.mock('@salesforce/label/c.KnownWords_GivesTo', () => ({ default: 'Dona a {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.KnownWords_AnswersAppeals', () => ({ default: 'Responde a: {0}' }), { virtual: true });

describe('c-known-words', () => {
    it('says what is known in the words of the reader', () => {
        expect(inReadersWords('Deceased')).toBe('fallecido');
    });

    it.each([
        ['Gives to Education', 'Dona a Education'],
        ['Gives to Clean Water & Wells', 'Dona a Clean Water & Wells'],
        ['Answers Direct Mail appeals', 'Responde a: Direct Mail']
    ])('keeps the name in the middle: %s', (text, said) => {
        expect(inReadersWords(text)).toBe(said);
    });

    it.each(['Equipo de grandes donantes', undefined, null])('shows what is not known as it came: %s', (text) => {
        expect(inReadersWords(text)).toBe(text);
    });
});
