/** Enums of the Schema namespace. */
import { platformEnum } from '../../engine/platform.mjs';

const DISPLAY_TYPES =
  'ADDRESS ANYTYPE BASE64 BOOLEAN COMBOBOX COMPLEXVALUE CURRENCY DATACATEGORYGROUPREFERENCE DATE DATETIME DOUBLE EMAIL ' +
  'ENCRYPTEDSTRING ID INTEGER JSON LOCATION LONG MULTIPICKLIST PERCENT PHONE PICKLIST REFERENCE SOBJECT STRING TEXTAREA TIME URL';
const SOAP_TYPES = 'ADDRESS ANYTYPE BASE64BINARY BOOLEAN DATE DATETIME DOUBLE ID INTEGER LOCATION LONG STRING TIME';

export const DisplayType = platformEnum('Schema.DisplayType', DISPLAY_TYPES.split(' '));
export const SoapType = platformEnum('Schema.SoapType', SOAP_TYPES.split(' '));
export const Describes = platformEnum('Schema.SObjectDescribeOptions', ['DEFAULT', 'DEFERRED', 'FULL']);
