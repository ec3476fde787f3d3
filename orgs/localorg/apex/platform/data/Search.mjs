/** System.Search: in a test what Test.setFixedSearchResults named. */
import { searchLiteral } from '../../engine/data.mjs';
import { notEmulated, platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';

export default platformClass('Search', {
  aliases: ['Search.Search'],
  static: {
    'List<List<SObject>> query(String text)': (text) => searchLiteral(given(text)),
    'List<List<SObject>> query(String text, AccessLevel access)': (text) => searchLiteral(given(text)),
    'Search.SearchResults find(String text)': notEmulated('Search.find'),
    'Search.SuggestionResults suggest(String text, String sobject, Object options)': notEmulated('Search.suggest'),
  },
});

platformClass('Search.SearchResults', {});
platformClass('Search.SuggestionResults', {});
