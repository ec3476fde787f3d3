/** System.Http: a test's mock answers, else the org makes the call. */
import { invoke, make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { OrgError, org } from '../../engine/org.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { given } from '../support/arguments.mjs';
import { newMessage } from '../support/httpmessages.mjs';

const NO_MOCK = 'Methods defined as TestMethod do not support Web service callouts';
const PENDING = 'You have uncommitted work pending. Please commit or rollback before calling out';

function send(self, request) {
  const { state } = given(request);
  if (!state.endpoint) throw raise('CalloutException', 'no protocol: null');
  if (!state.method) throw raise('CalloutException', 'Method must be specified');
  transaction.charge('Callouts');
  const mock = transaction.memory.get('mock httpcalloutmock');
  if (mock) return invoke(mock, 'respond', [request]);
  if (transaction.isTest) throw raise('TypeException', NO_MOCK);
  if (transaction.used.DmlStatements > 0) throw raise('CalloutException', PENDING);
  return called(state);
}

function called({ method, endpoint, headers, body, timeout }) {
  try {
    const answer = org.ask('callout', { method, url: endpoint, headers: Object.fromEntries(headers.values()), body: body.toString('base64'), timeout });
    return responseOf(answer);
  } catch (problem) {
    if (!(problem instanceof OrgError)) throw problem;
    throw raise('CalloutException', problem.message);
  }
}

/** {status, reason, headers, body (base64)} as an HttpResponse. */
function responseOf({ status, reason, headers, body }) {
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), [name, value]]);
  return make('HttpResponse', {
    ...newMessage(),
    headers: new Map(named),
    body: Buffer.from(body ?? '', 'base64'),
    statusCode: status,
    status: reason ?? '',
  });
}

export default platformClass('Http', {
  constructors: { 'Http()': () => ({}) },
  instance: { 'HttpResponse send(HttpRequest request)': send, 'String toString()': () => 'System.Http' },
});
