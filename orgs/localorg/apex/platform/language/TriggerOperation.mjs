/** System.TriggerOperation. */
import { platformEnum } from '../../engine/platform.mjs';

export default platformEnum('TriggerOperation', [
  'BEFORE_INSERT', 'BEFORE_UPDATE', 'BEFORE_DELETE', 'AFTER_INSERT', 'AFTER_UPDATE', 'AFTER_DELETE', 'AFTER_UNDELETE',
]);
