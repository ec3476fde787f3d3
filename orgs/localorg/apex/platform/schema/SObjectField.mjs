/** Schema.SObjectField: `Account.Name` as a token. */
import { platformClass } from '../../engine/platform.mjs';
import { describeField } from '../support/describes.mjs';

export default platformClass('Schema.SObjectField', {
  instance: {
    'Schema.DescribeFieldResult getDescribe()': describeField,
    'Schema.DescribeFieldResult getDescribe(Object options)': describeField,
    'String toString()': (self) => self.field,
  },
});
