/** System.FeatureManagement: custom permissions of the user. Package feature parameters are not kept. */
import { org } from '../../engine/org.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { given } from '../support/arguments.mjs';

export default platformClass('FeatureManagement', {
  static: {
    'Boolean checkPermission(String name)': (name) => org.ask('permission', { name: given(name), user: transaction.user.id }),
    'Boolean checkPackageBooleanValue(String name)': notEmulated('FeatureManagement.checkPackageBooleanValue'),
    'Date checkPackageDateValue(String name)': notEmulated('FeatureManagement.checkPackageDateValue'),
    'Integer checkPackageIntegerValue(String name)': notEmulated('FeatureManagement.checkPackageIntegerValue'),
  },
});
