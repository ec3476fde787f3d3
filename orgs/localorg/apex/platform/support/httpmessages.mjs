/** What requests and responses share: headers in any case, and a body of bytes. */
import { STRING } from '../../engine/types.mjs';
import { Blob } from '../../engine/values.mjs';
import { given } from './arguments.mjs';
import { aList } from './collections.mjs';

export const newMessage = () => ({ headers: new Map(), body: Buffer.alloc(0) }); // headers: lower-cased name → [name, value]

export const setter = (name) => (self, value) => {
  self.state[name] = value;
};

export const headerMethods = {
  'void setHeader(String name, String value)': (self, name, value) => {
    self.state.headers.set(given(name).toLowerCase(), [name, value]);
  },
  'String getHeader(String name)': (self, name) => self.state.headers.get(given(name).toLowerCase())?.[1] ?? null,
  'List<String> getHeaderKeys()': (self) => aList(STRING, [...self.state.headers.values()].map(([name]) => name)),
};

export const bodyMethods = {
  'void setBody(String body)': (self, body) => {
    self.state.body = Buffer.from(given(body), 'utf8');
  },
  'String getBody()': (self) => self.state.body.toString('utf8'),
  'Blob getBodyAsBlob()': (self) => new Blob(self.state.body),
};
