/** The platform's exceptions that have nothing to say beyond System.Exception, or a method or two more. */
import { platformException } from '../../engine/platform.mjs';
import { inaccessibleFields } from '../support/inaccessible.mjs';
import { constructors } from './Exception.mjs';

const PLAIN = `
  AssertException AsyncException BigObjectException CalloutException DataWeaveScriptException DuplicateMessageException
  ExternalObjectException FatalCursorException FinalException FlowException HandledException IllegalArgumentException
  InvalidHeaderException InvalidReadTaskException JSONException LicenseException LimitException ListException MathException
  NoAccessException NoDataFoundException NoSuchElementException NullPointerException PlatformCacheException ProcedureException
  RequiredFeatureMissingException SearchException SerializationException SObjectException StringException
  TouchHandledException TransientCursorException TypeException UnexpectedException UnsupportedOperationException VisualforceException XmlException
  Cache.ItemSizeLimitExceededException Cache.InvalidParamException Cache.PlatformCacheInvalidOperationException
  Cache.Org.OrgCacheException Cache.Session.SessionCacheException ConnectApi.ConnectApiException ConnectApi.NotFoundException
  ConnectApi.RateLimitException DataWeave.DataWeaveException Schema.SchemaException Auth.AuthException
`;

for (const name of PLAIN.trim().split(/\s+/)) {
  platformException(name, { constructors: constructors(name.split('.').pop()) });
}

/** The page reads the text given here; Apex itself reads it only after setMessage. */
platformException('AuraHandledException', {
  constructors: {
    ...constructors('AuraHandledException'),
    'AuraHandledException(String message)': (shown) => ({ message: null, cause: null, shown }),
  },
});

const inaccessible = (self) => inaccessibleFields(self.state.query);

platformException('QueryException', {
  constructors: constructors('QueryException'),
  instance: { 'Map<String, Set<String>> getInaccessibleFields()': inaccessible },
});
platformException('SecurityException', {
  constructors: constructors('SecurityException'),
  instance: { 'Map<String, Set<String>> getInaccessibleFields()': inaccessible },
});
platformException('InvalidParameterValueException', {
  constructors: {
    'InvalidParameterValueException(String parameter, String value)': (parameter, value) => ({
      message: `Invalid parameter value: ${parameter}: ${value}`,
      cause: null,
    }),
  },
});
