/** The process: loads the platform's classes, then answers the org until the org hangs up. */
import './values.mjs';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFor } from './compiler/emission.mjs';
import {
  beginTransaction, endTransaction, runAnonymous, runDelivery, runForFlow, runForPage, runForUrl, runKept, runTriggers,
} from './entry.mjs';
import { describeActions } from './invocable.mjs';
import { org } from './org.mjs';
import { outcome } from './outcomes.mjs';
import { check, coverage, load } from './program.mjs';
import { rt } from './runtime.mjs';
import { listTests, runTest } from './tests.mjs';

const HANDLERS = {
  load, check, coverage, tests: listTests, test: runTest, begin: beginTransaction, end: endTransaction, triggers: runTriggers,
  anonymous: runAnonymous, invoke: runForPage, actions: describeActions, action: runForFlow, rest: runForUrl, job: runKept,
  deliver: runDelivery,
};

async function loadPlatform(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) await loadPlatform(place);
    else if (entry.name.endsWith('.mjs')) await import(pathToFileURL(place).href);
  }
}

org.handle = (request) => {
  const handler = HANDLERS[request.do];
  if (!handler) return { ok: false, type: 'EngineFault', message: `unknown request ${request.do}`, trace: '' };
  const found = outcome(() => handler(request));
  return found.ok ? found.value : { ...found, fault: true };
};

compileFor(rt);
await loadPlatform(path.join(import.meta.dirname, '..', 'platform'));
org.serve();
