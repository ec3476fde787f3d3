/** What asynchronous work is told about itself: the contexts of Queueable, Batchable, Schedulable and Finalizer. */
import { idOrNull } from '../../engine/cast.mjs';
import { platformClass, platformInterface } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';

const id = (name) => (self) => idOrNull(self.state[name] ?? '');

platformInterface('QueueableContext', ['Id getJobId()']);
platformClass('QueueableContextImpl', { implements: ['QueueableContext'], instance: { 'Id getJobId()': id('jobId') } });

platformInterface('SchedulableContext', ['Id getTriggerId()']);
platformClass('SchedulableContextImpl', { implements: ['SchedulableContext'], instance: { 'Id getTriggerId()': id('triggerId') } });

platformInterface('Database.BatchableContext', ['Id getJobId()', 'Id getChildJobId()']);
platformClass('Database.BatchableContextImpl', {
  implements: ['Database.BatchableContext'],
  instance: { 'Id getJobId()': id('jobId'), 'Id getChildJobId()': id('childJobId') },
});

platformInterface('FinalizerContext', [
  'Id getAsyncApexJobId()',
  'Exception getException()',
  'String getRequestId()',
  'ParentJobResult getResult()',
]);
/** `state`: jobId, requestId, exception (null when all went well). */
platformClass('FinalizerContextImpl', {
  implements: ['FinalizerContext'],
  instance: {
    'Id getAsyncApexJobId()': id('jobId'),
    'Exception getException()': (self) => self.state.exception ?? null,
    'String getRequestId()': (self) => self.state.requestId ?? self.state.jobId,
    'ParentJobResult getResult()': (self) => findPlatform('ParentJobResult').values[self.state.exception ? 1 : 0],
  },
});

platformInterface('InstallContext', [
  'Id organizationId()',
  'Id installerId()',
  'Boolean isUpgrade()',
  'Boolean isPush()',
  'Version previousVersion()',
]);
/** `state`: organizationId, installerId, previousVersion (null at the first installation), isPush. */
platformClass('InstallContextImpl', {
  implements: ['InstallContext'],
  instance: {
    'Id organizationId()': id('organizationId'),
    'Id installerId()': id('installerId'),
    'Boolean isUpgrade()': (self) => Boolean(self.state.previousVersion),
    'Boolean isPush()': (self) => Boolean(self.state.isPush),
    'Version previousVersion()': (self) => self.state.previousVersion ?? null,
  },
});

platformClass('UninstallContextImpl', {
  implements: ['UninstallContext'],
  instance: { 'Id organizationId()': id('organizationId'), 'Id uninstallerId()': id('uninstallerId') },
});
