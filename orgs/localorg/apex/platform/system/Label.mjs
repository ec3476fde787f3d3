/** System.Label: the org's custom labels, `Label.Name` and `Label.get`. */
import { org } from '../../engine/org.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { STRING } from '../../engine/types.mjs';

const texts = new Map();

/** In the language of the user, or in the one asked for. */
function labelText(name, language = transaction?.user?.language ?? '') {
  const key = `${language} ${name}`;
  if (!texts.has(key)) texts.set(key, org.ask('label', { name, language }));
  return texts.get(key);
}

/** Labels may change with a deployment. */
export const forgetLabels = () => texts.clear();

function translated(namespace, name, language) {
  const found = labelText(name, language);
  if (found === null) throw raise('IllegalArgumentException', `Custom label ${name} does not exist`);
  return found;
}

export default platformClass('Label', {
  static: {
    'String get(String namespace, String name)': translated,
    'String get(String namespace, String name, String language)': translated,
    'Boolean translationExists(String namespace, String name, String language)': (namespace, name) => labelText(name) !== null,
  },
  memberOf: (name) => (labelText(name) === null ? null : { type: STRING, get: () => labelText(name) }),
});
