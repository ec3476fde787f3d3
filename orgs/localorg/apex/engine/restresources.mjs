/** @RestResource classes: the one whose urlMapping fits, its method for the verb, its answer. */
import { make } from './calls.mjs';
import { NoSuch } from './errors.mjs';
import { parameter } from './pages.mjs';
import { annotated } from './program.mjs';
import { findPlatform, userClasses } from './registry.mjs';
import { prepare } from './statics.mjs';
import { transaction } from './transaction.mjs';
import { STRING, VOID, mapOf } from './types.mjs';
import { ApexMap, Blob } from './values.mjs';

/** {status, headers, body: base64}. */
export function callByUrl({ method, path, query, headers, body }) {
  const { info, mapping } = resourceFor(path);
  const found = [...info.methods.values()].flat().find((one) => one.isStatic && annotated(one, `http${method.toLowerCase()}`));
  if (!found) throw new NoSuch(`HTTP Method '${method}' not allowed`);
  const bytes = Buffer.from(body, 'base64');
  const texts = (pairs) => new ApexMap(mapOf(STRING, STRING), Object.entries(pairs));
  const request = { headers: texts(headers), params: texts(query), httpMethod: method, requestURI: path, resourcePath: `/services/apexrest${mapping}`, requestBody: new Blob(bytes) };
  transaction.memory.set('rest request', make('RestRequest', request));
  const response = make('RestResponse', { headers: texts({}), responseBody: null, statusCode: null });
  transaction.memory.set('rest response', response);
  prepare(info);
  const given = found.params.length ? JSON.parse(bytes.toString('utf8') || '{}') : {};
  const value = found.call(...found.params.map((param) => parameter(given[param.name], param.type)));
  return answer(response.state, found.returns === VOID ? '' : serialized(value));
}

function resourceFor(path) {
  const fitting = [...userClasses.values()].flatMap((info) => {
    const mapping = annotated(info, 'restresource')?.values.urlmapping;
    return mapping && fits(mapping, path) ? [{ info, mapping }] : [];
  });
  if (!fitting.length) throw new NoSuch('Could not find a match for URL');
  return fitting.sort((a, b) => b.mapping.length - a.mapping.length)[0];
}

const fits = (mapping, path) => (mapping.endsWith('*') ? path.startsWith(mapping.slice(0, -1).replace(/\/$/, '')) : path === mapping);

const serialized = (value) => findPlatform('JSON').methods.get('serialize').find((one) => one.params.length === 1).call(value);

function answer(state, text) {
  const headers = { 'Content-Type': 'application/json', ...Object.fromEntries(state.headers.table.pairs()) };
  const body = state.responseBody ? state.responseBody.bytes : Buffer.from(text);
  return { status: state.statusCode ?? 200, headers, body: body.toString('base64') };
}
