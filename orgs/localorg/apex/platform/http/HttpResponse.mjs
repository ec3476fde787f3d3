/** System.HttpResponse. */
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';
import { bodyMethods, headerMethods, newMessage, setter } from '../support/httpmessages.mjs';

export default platformClass('HttpResponse', {
  constructors: { 'HttpResponse()': () => ({ ...newMessage(), status: null, statusCode: 0 }) },
  instance: {
    ...headerMethods,
    ...bodyMethods,
    'void setBodyAsBlob(Blob body)': (self, body) => {
      self.state.body = given(body).bytes;
    },
    'String getStatus()': (self) => self.state.status,
    'void setStatus(String status)': setter('status'),
    'Integer getStatusCode()': (self) => self.state.statusCode,
    'void setStatusCode(Integer code)': setter('statusCode'),
    'Dom.Document getBodyDocument()': notEmulated('HttpResponse.getBodyDocument'),
    'String toString()': (self) => `System.HttpResponse[Status=${self.state.status}, StatusCode=${self.state.statusCode}]`,
  },
});
