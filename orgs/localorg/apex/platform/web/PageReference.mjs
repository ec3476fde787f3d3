/** System.PageReference and ApexPages: pages named and their parameters; nothing is rendered. */
import { make } from '../../engine/calls.mjs';
import { notEmulated, platformClass, platformEnum } from '../../engine/platform.mjs';
import { findPlatform } from '../../engine/registry.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { STRING } from '../../engine/types.mjs';
import { given } from '../support/arguments.mjs';
import { aList, aMap } from '../support/collections.mjs';
import { foldedMap } from '../support/foldedmap.mjs';

function newPage(url) {
  const [path, search = ''] = given(url).split('?');
  return {
    path,
    parameters: foldedMap(STRING, new URLSearchParams(search)),
    headers: aMap(STRING, STRING),
    anchor: null,
    redirect: false,
  };
}

function urlOf({ state }) {
  const search = new URLSearchParams(state.parameters.table.pairs().filter(([, value]) => value !== null)).toString();
  return state.path + (search ? `?${search}` : '') + (state.anchor ? `#${state.anchor}` : '');
}

export default platformClass('PageReference', {
  constructors: {
    'PageReference(String url)': newPage,
    'PageReference(SObject record)': (record) => newPage(`/${given(record).fields.get('id').value}`),
  },
  static: { 'PageReference forResource(String path)': (path) => make('PageReference', newPage(`/resource/${path}`)) },
  instance: {
    'String getAnchor()': (self) => self.state.anchor,
    'Blob getContent()': notEmulated('PageReference.getContent'),
    'Map<String, String> getHeaders()': (self) => self.state.headers,
    'Map<String, String> getParameters()': (self) => self.state.parameters,
    'Boolean getRedirect()': (self) => self.state.redirect,
    'String getUrl()': urlOf,
    'PageReference setAnchor(String anchor)': (self, anchor) => Object.assign(self.state, { anchor }) && self,
    'PageReference setRedirect(Boolean redirect)': (self, redirect) => Object.assign(self.state, { redirect }) && self,
    'String toString()': (self) => `System.PageReference[${urlOf(self)}]`,
  },
});

/** `Page.Name`: a Visualforce page of the org. */
platformClass('Page', {
  memberOf: (name) => ({ type: findPlatform('PageReference').type, get: () => make('PageReference', newPage(`/apex/${name.toLowerCase()}`)) }),
});

export const Severity = platformEnum('ApexPages.Severity', ['CONFIRM', 'INFO', 'WARNING', 'ERROR', 'FATAL']);

platformClass('ApexPages.Message', {
  constructors: {
    'Message(ApexPages.Severity severity, String summary)': (severity, summary) => ({ severity, summary, detail: summary }),
    'Message(ApexPages.Severity severity, String summary, String detail)': (severity, summary, detail) => ({ severity, summary, detail }),
  },
  instance: {
    'String getDetail()': (self) => self.state.detail,
    'ApexPages.Severity getSeverity()': (self) => self.state.severity,
    'String getSummary()': (self) => self.state.summary,
  },
});

const messages = () => {
  if (!transaction.memory.has('page messages')) transaction.memory.set('page messages', []);
  return transaction.memory.get('page messages');
};
const currentPage = () => transaction.memory.get('page') ?? null;
const problem = (exception) => make('ApexPages.Message', { severity: Severity.values[3], summary: exception.state.message, detail: exception.state.message });

platformClass('ApexPages', {
  static: {
    'void addMessage(ApexPages.Message message)': (message) => {
      messages().push(given(message));
    },
    'void addMessages(Exception exception)': (exception) => {
      messages().push(problem(given(exception)));
    },
    'PageReference currentPage()': currentPage,
    'List<ApexPages.Message> getMessages()': () => aList(findPlatform('ApexPages.Message').type, messages()),
    'Boolean hasMessages()': () => messages().length > 0,
    'Boolean hasMessages(ApexPages.Severity severity)': (severity) => messages().some((message) => message.state.severity === severity),
  },
});

platformClass('ApexPages.StandardController', {
  constructors: { 'StandardController(SObject record)': (record) => ({ record: given(record) }) },
  instance: {
    'String getId()': (self) => self.state.record.fields.get('id')?.value ?? null,
    'SObject getRecord()': (self) => self.state.record,
    'PageReference view()': (self) => make('PageReference', newPage(`/${self.state.record.fields.get('id')?.value ?? ''}`)),
    'PageReference cancel()': () => make('PageReference', newPage('/')),
  },
});
