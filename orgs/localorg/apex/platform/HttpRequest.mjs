/** System.HttpRequest. */
import { platformClass } from '../engine/platform.mjs';

export default platformClass('HttpRequest', {
  constructors: { 'HttpRequest()': () => ({ method: null, endpoint: null, body: '', headers: new Map(), timeout: 10000 }) },
  instance: {
    'void setMethod(String method)': (self, method) => {
      self.state.method = method;
    },
    'String getMethod()': (self) => self.state.method,
    'void setEndpoint(String endpoint)': (self, endpoint) => {
      self.state.endpoint = endpoint;
    },
    'String getEndpoint()': (self) => self.state.endpoint,
  },
});
