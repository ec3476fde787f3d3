/** What the server says of the user and the page: labels, permissions, locale, what the page shows. */
import { localeSettings } from 'localorg/locale';

const given = JSON.parse(document.getElementById('context').textContent);
const isPhone = globalThis.matchMedia('(max-width: 47.9375em)').matches;

export const context = { ...given, i18n: localeSettings(given.i18n), client: { formFactor: isPhone ? 'Small' : 'Large' } };
