/** Java's MessageFormat as String.format uses it: `{0}` and quotes. */

/** `template` with `{0}`, `{1}`… filled from `values` (already text); a number out of range stays as it is written. */
export function formatMessage(template, values) {
  let text = '';
  let quoted = false;
  for (let at = 0; at < template.length; at += 1) {
    const character = template[at];
    if (character === "'") {
      if (template[at + 1] === "'") {
        text += "'";
        at += 1;
      } else {
        quoted = !quoted;
      }
      continue;
    }
    const placeholder = quoted ? null : /^\{\s*(\d+)\s*(?:,[^{}]*)?\}/.exec(template.slice(at));
    if (placeholder) {
      text += values[Number(placeholder[1])] ?? placeholder[0];
      at += placeholder[0].length - 1;
    } else {
      text += character;
    }
  }
  return text;
}
