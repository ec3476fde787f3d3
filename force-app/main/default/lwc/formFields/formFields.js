/**
 * What a person entered in the `data-field` elements of a form, by their names, blanks as null. While something is missing or
 * wrong every field says so, the first of them gets the focus, and there is no answer.
 */
export function entered(template) {
    const fields = [...template.querySelectorAll('[data-field]')];
    const [wrong] = fields.filter((field) => !field.reportValidity());
    if (wrong) {
        wrong.focus();
        return undefined;
    }
    return Object.fromEntries(fields.map((field) => [field.dataset.field, field.value || null]));
}
