/** SOQL and SOSL literals: the text as written, with each bound expression replaced by a numbered name. */
import { expression } from './expressions.mjs';
import { at, text } from './tree.mjs';

/** {kind: Query, text, binds: expressions, from, shape}; shape says what it gives: count, aggregate or records. */
export function query(context) {
  const { written, binds } = withoutBinds(context);
  const entries = context.selectList().selectEntry_list();
  return {
    kind: 'Query',
    text: written,
    binds,
    from: text(context.fromNameList().fieldName(0)),
    shape: shape(context, entries),
    parents: entries.some((entry) => entry.typeOf?.()) ? null : undefined,
    at: at(context),
  };
}

const AGGREGATES = /^(count|count_distinct|sum|avg|min|max)\(/i;

function shape(context, entries) {
  if (entries.length === 1 && /^count\(\)$/i.test(entries[0].getText())) return 'count';
  if (context.groupByClause()) return 'aggregate';
  return entries.some((entry) => entry.soqlFunction() && AGGREGATES.test(entry.getText())) ? 'aggregate' : 'records';
}

export function search(context) {
  const { written, binds } = withoutBinds(context);
  return { kind: 'Search', text: written, binds, at: at(context) };
}

function withoutBinds(context) {
  const stream = context.start.getInputStream();
  const found = bound(context, []);
  let written = '';
  let from = context.start.start;
  found.forEach((bind, number) => {
    written += `${stream.getText(from, bind.start.start - 1)} :b${number} `;
    from = bind.stop.stop + 1;
  });
  written += from <= context.stop.stop ? stream.getText(from, context.stop.stop) : '';
  return { written, binds: found.map((bind) => expression(bind.expression())) };
}

function bound(context, found) {
  if (context.constructor.name === 'BoundExpressionContext') {
    found.push(context);
    return found;
  }
  for (const child of context.children ?? []) bound(child, found);
  return found;
}
