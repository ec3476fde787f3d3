import { format, reduceErrors } from 'c/messages';

describe('messages', () => {
    it('fills the places of a label and leaves out what is missing', () => {
        expect(format('Chosen by {0}: {1}', 'Ada', 'sold her company')).toBe('Chosen by Ada: sold her company');
        expect(format('Chosen by {0}: {1}', 'Ada')).toBe('Chosen by Ada: ');
    });

    it.each([
        ['Apex', { body: { message: 'No access.' } }, ['No access.']],
        ['several Apex errors', { body: [{ message: 'One.' }, { message: 'Two.' }, { message: 'One.' }] }, ['One.', 'Two.']],
        ['a record form', { body: { message: 'x', output: { errors: [], fieldErrors: { Reason: [{ message: 'Say why.' }] } } } }, ['Say why.']],
        ['JavaScript', new TypeError('undefined'), ['undefined']],
        ['nothing', undefined, []]
    ])('reads the messages of %s', (_, error, expected) => {
        expect(reduceErrors(error)).toEqual(expected);
    });
});
