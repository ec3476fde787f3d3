/** System.Label: the org's custom labels, `Label.Name` and `Label.get`. */
import { org } from '../../engine/org.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { STRING } from '../../engine/types.mjs';

/** In the language of the user, or in the one asked for; asked once a transaction, since a deployment may change it. */
function labelText(name, language = transaction?.user?.language ?? '') {
  const known = transaction?.memory ?? new Map();
  const key = `label ${language} ${name}`;
  if (!known.has(key)) known.set(key, org.ask('label', { name, language }));
  return known.get(key);
}

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
