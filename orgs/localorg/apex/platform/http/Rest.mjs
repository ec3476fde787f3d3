/** System.RestContext, RestRequest and RestResponse: what an Apex REST class is called with. */
import { platformClass } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { STRING } from '../../engine/types.mjs';
import { aMap } from '../support/collections.mjs';

const property = (name) => ({
  get: (self) => self.state[name] ?? null,
  set: (self, value) => {
    self.state[name] = value;
  },
});
const texts = () => aMap(STRING, STRING);

const put = (map) => (self, name, value) => {
  self.state[map].table.set(name, value);
};

platformClass('RestRequest', {
  constructors: { 'RestRequest()': () => ({ headers: texts(), params: texts(), httpMethod: null, requestURI: null, requestBody: null }) },
  properties: {
    'Map<String, String> headers': property('headers'),
    'Map<String, String> params': property('params'),
    'String httpMethod': property('httpMethod'),
    'String remoteAddress': property('remoteAddress'),
    'Blob requestBody': property('requestBody'),
    'String requestURI': property('requestURI'),
    'String resourcePath': property('resourcePath'),
  },
  instance: {
    'void addHeader(String name, String value)': put('headers'),
    'void addParameter(String name, String value)': put('params'),
  },
});

platformClass('RestResponse', {
  constructors: { 'RestResponse()': () => ({ headers: texts(), responseBody: null, statusCode: null }) },
  properties: {
    'Map<String, String> headers': property('headers'),
    'Blob responseBody': property('responseBody'),
    'Integer statusCode': property('statusCode'),
  },
  instance: { 'void addHeader(String name, String value)': put('headers') },
});

const remembered = (name) => ({
  get: () => transaction.memory.get(`rest ${name}`) ?? null,
  set: (value) => {
    transaction.memory.set(`rest ${name}`, value);
  },
});

export default platformClass('RestContext', {
  constants: { 'RestRequest request': remembered('request'), 'RestResponse response': remembered('response') },
});
