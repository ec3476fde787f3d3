/** Replaces {0}, {1}, … in a label; what is missing becomes nothing. */
export function format(label, ...values) {
    return label.replace(/\{(\d+)\}/g, (_, index) => values[index] ?? '');
}

/** Every readable message in an error of Apex, Lightning Data Service or JavaScript, each once. */
export function reduceErrors(errors) {
    const list = Array.isArray(errors) ? errors : [errors];
    return [...new Set(list.filter(Boolean).flatMap(messagesOf))];
}

function messagesOf(error) {
    if (Array.isArray(error.body)) {
        return error.body.map((one) => one.message);
    }
    const output = error.body?.output;
    const fieldErrors = Object.values(output?.fieldErrors ?? {}).flat();
    const nested = [...(output?.errors ?? []), ...fieldErrors].map((one) => one.message);
    if (nested.length) {
        return nested;
    }
    return [error.body?.message ?? error.message ?? String(error)];
}
