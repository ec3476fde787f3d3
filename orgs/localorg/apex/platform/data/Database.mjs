/** System.Database: saving with partial success, dynamic queries, savepoints, batches. The families stand in the files beside it. */
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { executeBatch } from '../support/jobs.mjs';
import { queries } from './queries.mjs';
import { saves } from './saves.mjs';
import { savepoints } from './savepoints.mjs';

export default platformClass('Database', {
  static: {
    ...saves,
    ...queries,
    ...savepoints,
    'Id executeBatch(Object batch)': (batch) => executeBatch(batch),
    'Id executeBatch(Object batch, Integer scope)': executeBatch,
    'Database.LeadConvertResult convertLead(Database.LeadConvert lead)': notEmulated('Database.convertLead'),
    'Database.LeadConvertResult convertLead(Database.LeadConvert lead, Boolean allOrNone)': notEmulated('Database.convertLead'),
  },
});
