/** System.Url. */
import { make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { org } from '../../engine/org.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';

function parsed(text) {
  try {
    return { url: new URL(given(text)), text };
  } catch {
    throw raise('StringException', `no protocol: ${text}`);
  }
}

const orgUrl = () => make('Url', parsed(org.ask('baseUrl')));
const part = (name, empty = null) => (self) => self.state.url[name] || empty;
const withoutMark = (name) => (self) => self.state.url[name].slice(1) || null;

export default platformClass('Url', {
  constructors: {
    'Url(String spec)': parsed,
    'Url(Url context, String spec)': (context, spec) => parsed(new URL(given(spec, 2), given(context).state.url).href),
    'Url(String protocol, String host, String file)': (protocol, host, file) => parsed(`${protocol}://${host}${file}`),
    'Url(String protocol, String host, Integer port, String file)': (protocol, host, port, file) =>
      parsed(`${protocol}://${host}:${port}${file}`),
  },
  static: {
    'Url getOrgDomainUrl()': orgUrl,
    'Url getSalesforceBaseUrl()': orgUrl,
    'Url getCurrentRequestUrl()': orgUrl,
    'String getFileFieldURL(String entityId, String fieldName)': notEmulated('Url.getFileFieldURL'),
  },
  instance: {
    'String getAuthority()': part('host'),
    'Integer getDefaultPort()': (self) => (self.state.url.protocol === 'https:' ? 443 : 80),
    'String getFile()': (self) => self.state.url.pathname + self.state.url.search,
    'String getHost()': part('hostname'),
    'String getPath()': part('pathname', ''),
    'Integer getPort()': (self) => (self.state.url.port ? Number(self.state.url.port) : -1),
    'String getProtocol()': (self) => self.state.url.protocol.slice(0, -1),
    'String getQuery()': withoutMark('search'),
    'String getRef()': withoutMark('hash'),
    'String getUserInfo()': part('username'),
    'Boolean sameFile(Url other)': (self, other) => self.state.url.href.split('#')[0] === given(other).state.url.href.split('#')[0],
    'String toExternalForm()': (self) => self.state.text,
    'String toString()': (self) => self.state.text,
  },
});
