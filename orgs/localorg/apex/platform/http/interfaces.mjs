/** System.HttpCalloutMock: what a test answers instead of the network; Continuation, which is only named. */
import { notEmulated, platformClass, platformInterface } from '../../engine/platform.mjs';

export const HttpCalloutMock = platformInterface('HttpCalloutMock', ['HttpResponse respond(HttpRequest request)']);
export const Continuation = platformClass('Continuation', {
  constructors: { 'Continuation(Integer timeout)': notEmulated('Continuation') },
});
