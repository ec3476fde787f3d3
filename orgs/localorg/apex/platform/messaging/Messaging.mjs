/** Messaging: emails are collected for the transaction, never sent. */
import { make } from '../../engine/calls.mjs';
import { notEmulated, platformClass, platformInterface } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { given } from '../support/arguments.mjs';
import { aList } from '../support/collections.mjs';
import { accessors } from '../support/accessors.mjs';

function sendEmail(emails, allOrNothing = true) {
  const { items } = given(emails);
  transaction.charge('EmailInvocations');
  transaction.memory.set('emails', [...(transaction.memory.get('emails') ?? []), ...items]);
  const results = items.map(() => make('Messaging.SendEmailResult', { success: true, allOrNothing }));
  return aList(findPlatform('Messaging.SendEmailResult').type, results);
}

export default platformClass('Messaging', {
  aliases: ['Messaging.Messaging'],
  static: {
    'List<Messaging.SendEmailResult> sendEmail(List<Messaging.Email> emails)': (emails) => sendEmail(emails),
    'List<Messaging.SendEmailResult> sendEmail(List<Messaging.Email> emails, Boolean allOrNothing)': sendEmail,
    'void reserveSingleEmailCapacity(Integer amount)': () => null,
    'void reserveMassEmailCapacity(Integer amount)': () => null,
    'Messaging.SingleEmailMessage renderStoredEmailTemplate(String template, String who, String what)': notEmulated(
      'Messaging.renderStoredEmailTemplate',
    ),
  },
});

const EMAIL = {
  bccSender: 'Boolean', emailPriority: 'String', replyTo: 'String', saveAsActivity: 'Boolean', senderDisplayName: 'String',
  subject: 'String', useSignature: 'Boolean',
};
const SINGLE = {
  bccAddresses: 'List<String>', ccAddresses: 'List<String>', charset: 'String', entityAttachments: 'List<String>',
  fileAttachments: 'List<Messaging.EmailFileAttachment>', htmlBody: 'String', inReplyTo: 'String', optOutPolicy: 'String',
  orgWideEmailAddressId: 'Id', plainTextBody: 'String', references: 'String', targetObjectId: 'Id', templateId: 'Id',
  toAddresses: 'List<String>', treatBodiesAsTemplate: 'Boolean', treatTargetObjectAsRecipient: 'Boolean', whatId: 'Id',
};
const MASS = { description: 'String', targetObjectIds: 'List<Id>', templateId: 'Id', whatIds: 'List<Id>' };

platformClass('Messaging.Email', { isVirtual: true, instance: accessors(EMAIL).instance });
platformClass('Messaging.SingleEmailMessage', {
  extends: 'Messaging.Email',
  constructors: { 'SingleEmailMessage()': () => ({}) },
  ...accessors(SINGLE),
});
platformClass('Messaging.MassEmailMessage', {
  extends: 'Messaging.Email',
  constructors: { 'MassEmailMessage()': () => ({}) },
  ...accessors(MASS),
});
platformClass('Messaging.EmailFileAttachment', {
  constructors: { 'EmailFileAttachment()': () => ({}) },
  ...accessors({ body: 'Blob', contentType: 'String', fileName: 'String', id: 'Id', inline: 'Boolean' }),
});
platformClass('Messaging.SendEmailError', {
  instance: {
    'String getMessage()': (self) => self.state.message,
    'String getTargetObjectId()': (self) => self.state.target ?? null,
  },
});
platformClass('Messaging.SendEmailResult', {
  instance: {
    'Boolean isSuccess()': (self) => self.state.success,
    'List<Messaging.SendEmailError> getErrors()': () => aList(findPlatform('Messaging.SendEmailError').type),
  },
});

platformInterface('Messaging.InboundEmailHandler', [
  'Messaging.InboundEmailResult handleInboundEmail(Messaging.InboundEmail email, Messaging.InboundEnvelope envelope)',
]);

/** Classes that are nothing but public fields. */
function record(name, fields) {
  platformClass(name, { constructors: { [`${name.split('.').pop()}()`]: () => ({}) }, properties: accessors(fields).properties });
}

record('Messaging.InboundEmail', {
  binaryAttachments: 'List<Messaging.InboundEmail.BinaryAttachment>', ccAddresses: 'List<String>', fromAddress: 'String', fromName: 'String',
  headers: 'List<Messaging.InboundEmail.Header>', htmlBody: 'String', htmlBodyIsTruncated: 'Boolean', inReplyTo: 'String',
  messageId: 'String', plainTextBody: 'String', plainTextBodyIsTruncated: 'Boolean', references: 'List<String>', replyTo: 'String',
  subject: 'String', textAttachments: 'List<Messaging.InboundEmail.TextAttachment>', toAddresses: 'List<String>',
});
record('Messaging.InboundEmail.BinaryAttachment', {
  body: 'Blob', fileName: 'String', headers: 'List<Messaging.InboundEmail.Header>', mimeTypeSubType: 'String',
});
record('Messaging.InboundEmail.TextAttachment', {
  body: 'String', bodyIsTruncated: 'Boolean', charset: 'String', fileName: 'String', headers: 'List<Messaging.InboundEmail.Header>',
  mimeTypeSubType: 'String',
});
record('Messaging.InboundEmail.Header', { name: 'String', value: 'String' });
record('Messaging.InboundEnvelope', { fromAddress: 'String', toAddress: 'String' });
record('Messaging.InboundEmailResult', { message: 'String', success: 'Boolean' });

platformClass('Messaging.CustomNotification', {
  constructors: { 'CustomNotification()': () => ({}) },
  instance: {
    ...Object.fromEntries(
      ['body', 'notificationTypeId', 'senderId', 'targetId', 'targetPageRef', 'title'].map((name) => [
        `void set${name[0].toUpperCase()}${name.slice(1)}(String value)`,
        (self, value) => {
          self.state[name] = value;
        },
      ]),
    ),
    'void send(Set<String> users)': (self, users) => {
      transaction.memory.set('notifications', [...(transaction.memory.get('notifications') ?? []), { ...self.state, users: given(users).items }]);
    },
  },
});
