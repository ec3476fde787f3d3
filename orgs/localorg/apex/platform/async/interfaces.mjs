/** What asynchronous classes implement: Queueable, Schedulable, Batchable and their company. */
import { platformInterface } from '../../engine/platform.mjs';

export const Queueable = platformInterface('Queueable', ['void execute(QueueableContext context)']);
export const Schedulable = platformInterface('Schedulable', ['void execute(SchedulableContext context)']);
export const Finalizer = platformInterface('Finalizer', ['void execute(FinalizerContext context)']);
export const InstallHandler = platformInterface('InstallHandler', ['void onInstall(InstallContext context)']);
export const Batchable = platformInterface('Database.Batchable<T>', [
  'Iterable<SObject> start(Database.BatchableContext context)',
  'void execute(Database.BatchableContext context, List<T> scope)',
  'void finish(Database.BatchableContext context)',
]);
export const AllowsCallouts = platformInterface('Database.AllowsCallouts');
export const Stateful = platformInterface('Database.Stateful');
export const RaisesPlatformEvents = platformInterface('Database.RaisesPlatformEvents');
