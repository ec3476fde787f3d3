/** Database.DMLOptions and its headers. */
import { make } from '../../engine/calls.mjs';
import { platformClass } from '../../engine/platform.mjs';

const property = (name) => ({
  get: (self) => self.state[name] ?? null,
  set: (self, value) => {
    self.state[name] = value;
  },
});

/** A header that exists as soon as somebody looks at it. */
const header = (name, kind) => ({
  get: (self) => (self.state[name] ??= make(kind, {})),
  set: property(name).set,
});

export default platformClass('Database.DMLOptions', {
  constructors: { 'DMLOptions()': () => ({ optAllOrNone: null }) },
  properties: {
    'Boolean allowFieldTruncation': property('allowFieldTruncation'),
    'Boolean optAllOrNone': property('optAllOrNone'),
    'String localeOptions': property('localeOptions'),
    'Database.AssignmentRuleHeader assignmentRuleHeader': header('assignmentRuleHeader', 'Database.AssignmentRuleHeader'),
    'Database.DuplicateRuleHeader duplicateRuleHeader': header('duplicateRuleHeader', 'Database.DuplicateRuleHeader'),
    'Database.EmailHeader emailHeader': header('emailHeader', 'Database.EmailHeader'),
  },
});

platformClass('Database.AssignmentRuleHeader', {
  constructors: { 'AssignmentRuleHeader()': () => ({}) },
  properties: { 'Id assignmentRuleID': property('assignmentRuleID'), 'Boolean useDefaultRule': property('useDefaultRule') },
});
platformClass('Database.DuplicateRuleHeader', {
  constructors: { 'DuplicateRuleHeader()': () => ({}) },
  properties: {
    'Boolean allowSave': property('allowSave'),
    'Boolean includeRecordDetails': property('includeRecordDetails'),
    'Boolean runAsCurrentUser': property('runAsCurrentUser'),
  },
});
platformClass('Database.EmailHeader', {
  constructors: { 'EmailHeader()': () => ({}) },
  properties: {
    'Boolean triggerAutoResponseEmail': property('triggerAutoResponseEmail'),
    'Boolean triggerOtherEmail': property('triggerOtherEmail'),
    'Boolean triggerUserEmail': property('triggerUserEmail'),
  },
});
