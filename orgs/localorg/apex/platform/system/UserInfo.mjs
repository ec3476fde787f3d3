/** System.UserInfo: who runs this. */
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { timeZone } from '../dates/TimeZone.mjs';

const read = (name, otherwise = null) => () => transaction.user[name] ?? otherwise;

export default platformClass('UserInfo', {
  static: {
    'String getDefaultCurrency()': read('currency', 'USD'),
    'String getFirstName()': read('firstName'),
    'String getLanguage()': read('language', 'en_US'),
    'String getLastName()': read('lastName'),
    'String getLocale()': read('locale', 'en_US'),
    'String getName()': read('name'),
    'String getOrganizationId()': () => transaction.organization.id,
    'String getOrganizationName()': () => transaction.organization.name,
    'String getProfileId()': read('profileId'),
    'String getSessionId()': () => null,
    'TimeZone getTimeZone()': () => timeZone(transaction.user.timeZone),
    'String getUiTheme()': () => 'Theme4d',
    'String getUiThemeDisplayed()': () => 'Theme4d',
    'String getUserEmail()': read('email'),
    'String getUserId()': read('id'),
    'String getUserName()': read('username'),
    'String getUserRoleId()': read('roleId'),
    'String getUserType()': read('type', 'Standard'),
    'Boolean isCurrentUserLicensed(String namespace)': () => true,
    'Boolean isMultiCurrencyOrganization()': () => false,
    'Boolean hasPackageLicense(Id package)': () => true,
  },
});
