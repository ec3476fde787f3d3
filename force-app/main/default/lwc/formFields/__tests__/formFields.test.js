import { entered } from 'c/formFields';

describe('c/form-fields', () => {
    /** A field as a form has it; lightning inputs judge themselves. */
    function field(name, value, isValid = true) {
        const element = document.createElement('div');
        Object.assign(element, { value, reportValidity: jest.fn(() => isValid), focus: jest.fn() });
        element.dataset.field = name;
        return element;
    }
    function form(...fields) {
        const element = document.createElement('form');
        element.append(...fields, document.createElement('button'));
        return element;
    }

    it('gives what was entered by the name of its field, blanks as null', () => {
        const given = form(field('reason', 'moved'), field('until', ''), field('note', undefined));
        expect(entered(given)).toEqual({ reason: 'moved', until: null, note: null });
    });

    it('lets every field say what is wrong, leads to the first of them, and gives nothing', () => {
        const fields = [field('segment', 'Lapsed'), field('reason', '', false), field('until', 'x', false)];
        expect(entered(form(...fields))).toBeUndefined();
        expect(fields.map((one) => one.reportValidity.mock.calls.length)).toEqual([1, 1, 1]);
        expect(fields.map((one) => one.focus.mock.calls.length)).toEqual([0, 1, 0]);
    });
});
