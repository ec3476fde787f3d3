/** System.HttpRequest. */
import { raise } from '../../engine/errors.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';
import { bodyMethods, headerMethods, newMessage, setter } from '../support/httpmessages.mjs';

const MAX_TIMEOUT = 120000;

function setTimeout(self, milliseconds) {
  if (given(milliseconds) < 1 || milliseconds > MAX_TIMEOUT) throw raise('CalloutException', 'timeout was not within bounds');
  self.state.timeout = milliseconds;
}

export default platformClass('HttpRequest', {
  constructors: { 'HttpRequest()': () => ({ ...newMessage(), method: null, endpoint: null, timeout: 10000, compressed: false }) },
  instance: {
    ...headerMethods,
    ...bodyMethods,
    'void setMethod(String method)': setter('method'),
    'String getMethod()': (self) => self.state.method,
    'void setEndpoint(String endpoint)': setter('endpoint'),
    'String getEndpoint()': (self) => self.state.endpoint,
    'void setTimeout(Integer milliseconds)': setTimeout,
    'void setBodyAsBlob(Blob body)': (self, body) => {
      self.state.body = given(body).bytes;
    },
    'void setCompressed(Boolean compressed)': setter('compressed'),
    'Boolean getCompressed()': (self) => self.state.compressed,
    'void setClientCertificateName(String name)': setter('certificate'),
    'Dom.Document getBodyDocument()': notEmulated('HttpRequest.getBodyDocument'),
    'void setBodyDocument(Dom.Document document)': notEmulated('HttpRequest.setBodyDocument'),
    'String toString()': (self) => `System.HttpRequest[Endpoint=${self.state.endpoint}, Method=${self.state.method}]`,
  },
});
