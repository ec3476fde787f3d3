/** System.Label: the org's custom labels, `Label.Name` and `Label.get`. */
import { org } from '../../engine/org.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { STRING } from '../../engine/types.mjs';

const texts = new Map();

function labelText(name) {
  if (!texts.has(name)) texts.set(name, org.ask('label', { name }));
  return texts.get(name);
}

/** Labels may change with a deployment. */
export const forgetLabels = () => texts.clear();

function translated(namespace, name) {
  const found = labelText(name);
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
