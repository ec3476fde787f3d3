/** System.UserInfo: who runs this. */
import { idOrNull } from '../../engine/cast.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { timeZone } from '../dates/TimeZone.mjs';

const read = (name, otherwise = null) => () => transaction.user[name] ?? otherwise;
const id = (name) => () => idOrNull(transaction.user[name] ?? '');

export default platformClass('UserInfo', {
  static: {
    'String getDefaultCurrency()': read('currency', 'USD'),
    'String getFirstName()': read('firstName'),
    'String getLanguage()': read('language', 'en_US'),
    'String getLastName()': read('lastName'),
    'String getLocale()': read('locale', 'en_US'),
    'String getName()': read('name'),
    'Id getOrganizationId()': () => idOrNull(transaction.organization.id),
    'String getOrganizationName()': () => transaction.organization.name,
    'Id getProfileId()': id('profileId'),
    'String getSessionId()': () => null,
    'TimeZone getTimeZone()': () => timeZone(transaction.user.timeZone),
    'String getUiTheme()': () => 'Theme4d',
    'String getUiThemeDisplayed()': () => 'Theme4d',
    'String getUserEmail()': read('email'),
    'Id getUserId()': id('id'),
    'String getUserName()': read('username'),
    'Id getUserRoleId()': id('roleId'),
    'String getUserType()': read('type', 'Standard'),
    'Boolean isCurrentUserLicensed(String namespace)': () => true,
    'Boolean isMultiCurrencyOrganization()': () => false,
    'Boolean hasPackageLicense(Id package)': () => true,
  },
});
