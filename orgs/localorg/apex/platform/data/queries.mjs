/** Database's querying methods. `:name` in a text is the caller's variable, or comes from the map given. */
import { make } from '../../engine/calls.mjs';
import { count, query } from '../../engine/data.mjs';
import { notEmulated } from '../../engine/platform.mjs';
import { ApexList } from '../../engine/values.mjs';
import { accessOf } from '../system/AccessLevel.mjs';
import { given } from '../support/arguments.mjs';

const CALLERS_VARIABLES = null;

const find = (text, binds, access) => query(given(text), binds, { access: accessOf(access) });
const countOf = (text, binds, access) => count(given(text), binds, { access: accessOf(access) });

/** Holds the query's records: a batch reads them in its own transaction, a test in this one. */
function locator(source, binds, access) {
  if (source instanceof ApexList) return make('Database.QueryLocator', { query: null, list: source });
  return make('Database.QueryLocator', { query: source, list: find(source, binds, access) });
}

const cursor = (text, binds, access) => make('Database.Cursor', { list: find(text, binds, access) });

export const queries = {
  'query List<SObject> query(String text)': (text) => find(text, CALLERS_VARIABLES, null),
  'query List<SObject> query(String text, AccessLevel access)': (text, access) => find(text, CALLERS_VARIABLES, access),
  'query List<SObject> queryWithBinds(String text, Map<String, Object> binds, AccessLevel access)': (text, binds, access) =>
    find(text, given(binds, 2), access),
  'Integer countQuery(String text)': (text) => countOf(text, CALLERS_VARIABLES, null),
  'Integer countQuery(String text, AccessLevel access)': (text, access) => countOf(text, CALLERS_VARIABLES, access),
  'Integer countQueryWithBinds(String text, Map<String, Object> binds, AccessLevel access)': (text, binds, access) =>
    countOf(text, given(binds, 2), access),
  'Database.QueryLocator getQueryLocator(String text)': (text) => locator(given(text), CALLERS_VARIABLES, null),
  'Database.QueryLocator getQueryLocator(String text, AccessLevel access)': (text, access) =>
    locator(given(text), CALLERS_VARIABLES, access),
  'Database.QueryLocator getQueryLocator(List<SObject> found)': (found) => locator(given(found)),
  'Database.QueryLocator getQueryLocatorWithBinds(String text, Map<String, Object> binds, AccessLevel access)': (text, binds, access) =>
    locator(given(text), given(binds, 2), access),
  'Database.Cursor getCursor(String text)': (text) => cursor(text, CALLERS_VARIABLES, null),
  'Database.Cursor getCursor(String text, AccessLevel access)': (text, access) => cursor(text, CALLERS_VARIABLES, access),
  'Database.Cursor getCursorWithBinds(String text, Map<String, Object> binds, AccessLevel access)': (text, binds, access) =>
    cursor(text, given(binds, 2), access),
  'Database.GetDeletedResult getDeleted(String sobject, Datetime start, Datetime finish)': notEmulated('Database.getDeleted'),
  'Database.GetUpdatedResult getUpdated(String sobject, Datetime start, Datetime finish)': notEmulated('Database.getUpdated'),
};
