/** Rollup plugin: `@salesforce/*` and the modules of the platform that base components lack, as adapters over the page's context. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
export const PAGE = path.join(HERE, 'page.mjs');
export const MODULES = path.join(HERE, '..', 'modules');
const VIRTUAL = '\0platform:';
// Element internals do not work in synthetic shadow; the platform keeps this switch off where it runs so.
const CLOSED_GATES = new Set(['bc.260.enableComboboxElementInternals']);
// Taken from the user's locale; the rest of @salesforce/i18n is what base components bring.
const LOCAL = new Set([
  'locale', 'lang', 'dir', 'timeZone', 'currency', 'firstDayOfWeek', 'number.decimalSeparator', 'number.groupingSeparator',
  'number.currencySymbol', 'dateTime.shortDateFormat', 'dateTime.mediumDateFormat', 'dateTime.longDateFormat',
]);

export function platform({ components, resources, used }) {
  const makers = {
    label: (name) => {
      const own = /^c\.(\w+)$/.exec(name);
      if (!own) return null;
      used.labels.add(own[1]);
      return reading('labels', own[1]);
    },
    apex: (name) => {
      const [cls, method] = name.split('.').slice(-2);
      return `import { apexMethod } from 'localorg/apex'; export default apexMethod(${text(cls)}, ${text(method)});`;
    },
    schema: (name) => {
      const [objectApiName, ...field] = name.split('.');
      return constant(field.length ? { objectApiName, fieldApiName: field.join('.') } : { objectApiName });
    },
    customPermission: (name) => {
      used.customPermissions.add(name);
      return reading('customPermissions', name);
    },
    userPermission: (name) => {
      used.userPermissions.add(name);
      return reading('userPermissions', name);
    },
    user: (name) => (name === 'Id' || name === 'isGuest' ? reading('user', name === 'Id' ? 'id' : name) : null),
    client: (name) => (name === 'formFactor' ? reading('client', name) : null),
    i18n: (name) => (LOCAL.has(name) ? reading('i18n', name) : null),
    gate: (name) => (CLOSED_GATES.has(name) ? 'export default { isOpen: () => false };' : null),
    resourceUrl: (name) => (resources.includes(name) ? constant(`/resource/${name}`) : null),
    messageChannel: (name) => constant({ channel: name }),
  };

  return {
    name: 'platform',
    async resolveId(id, importer) {
      if (id === 'localorg/components' || id === '@salesforce/apex') return VIRTUAL + id;
      const [, kind, name] = /^@salesforce\/(\w+)\/(.+)$/.exec(id) ?? [];
      if (kind && makers[kind]?.(name)) return VIRTUAL + id;
      const ours = ofOurs(id);
      if (ours || !importer || importer === PAGE || /^[./]/.test(id) || importer.includes('node_modules')) return ours;
      // Deployed code has no node_modules beside it: what it imports is looked for from here.
      const found = await this.resolve(id, PAGE, { skipSelf: true });
      return found ?? this.error(`${path.basename(importer)} imports ${id}, which the local org does not have`);
    },
    load(id) {
      if (!id.startsWith(VIRTUAL)) return null;
      const own = id.slice(VIRTUAL.length);
      if (own === '@salesforce/apex') return "export { refreshApex, getSObjectValue } from 'localorg/apex';";
      if (own === 'localorg/components') return registry(components);
      const [, kind, name] = /^@salesforce\/(\w+)\/(.+)$/.exec(own);
      return makers[kind](name);
    },
    renderChunk: (code) =>
      code.replaceAll('process.env.NODE_ENV', '"development"').replaceAll('import.meta.env.SSR', 'false'),
  };
}

/** `lightning/x` that the local org brings, also where a base component asks for it. */
function ofOurs(id) {
  const [, namespace, name] = /^(lightning|localorg)\/(\w+)$/.exec(id) ?? [];
  if (!name) return null;
  const file = path.join(MODULES, namespace, name, `${name}.js`);
  return existsSync(file) ? file : null;
}

const text = (value) => JSON.stringify(value);
const constant = (value) => `export default ${text(value)};`;
const reading = (part, name) => `import { context } from 'localorg/context'; export default context.${part}[${text(name)}];`;

/** Every component a page may name, loaded when it does. */
function registry(names) {
  const entries = names.map((name) => `${text(name)}: () => import(${text(`c/${name}`)})`);
  return `export const components = { ${entries.join(', ')} };`;
}
