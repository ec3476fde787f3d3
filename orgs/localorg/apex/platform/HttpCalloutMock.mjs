/** System.HttpCalloutMock: what a test answers instead of the network. */
import { platformInterface } from '../engine/platform.mjs';

export default platformInterface('HttpCalloutMock', ['HttpResponse respond(HttpRequest request)']);
