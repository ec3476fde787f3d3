/** StaticResourceCalloutMock and MultiStaticResourceCalloutMock: responses that lie in static resources. */
import { make } from '../../engine/calls.mjs';
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';
import { headerMethods, newMessage, setter } from '../support/httpmessages.mjs';
import { resource } from '../support/testdata.mjs';

const newMock = () => ({ ...newMessage(), statusCode: 200, status: 'OK', resource: null, resources: new Map() });

function answer({ headers, statusCode, status }, name) {
  return make('HttpResponse', { ...newMessage(), headers: new Map(headers), body: resource(name), statusCode, status });
}

const shared = {
  'void setHeader(String name, String value)': headerMethods['void setHeader(String name, String value)'],
  'void setStatus(String status)': setter('status'),
  'void setStatusCode(Integer code)': setter('statusCode'),
};

platformClass('StaticResourceCalloutMock', {
  implements: ['HttpCalloutMock'],
  constructors: { 'StaticResourceCalloutMock()': newMock },
  instance: {
    ...shared,
    'void setStaticResource(String name)': setter('resource'),
    'HttpResponse respond(HttpRequest request)': (self) => answer(self.state, given(self.state.resource)),
  },
});

function respond(self, request) {
  const name = self.state.resources.get(request.state.endpoint);
  if (!name) throw raise('CalloutException', `No static resource for endpoint ${request.state.endpoint}`);
  return answer(self.state, name);
}

platformClass('MultiStaticResourceCalloutMock', {
  implements: ['HttpCalloutMock'],
  constructors: { 'MultiStaticResourceCalloutMock()': newMock },
  instance: {
    ...shared,
    'void setStaticResource(String endpoint, String name)': (self, endpoint, name) => {
      self.state.resources.set(given(endpoint), given(name, 2));
    },
    'HttpResponse respond(HttpRequest request)': respond,
  },
});
