/** Compiled patterns, kept: Apex code compiles the same text again and again. */
import { raise } from '../../engine/errors.mjs';
import { groupNumbers, javaRegex } from './regex.mjs';
import { PatternError } from './regexparts.mjs';

const KEPT = 500;
const compiled = new Map();

/** {source, expression (global, with indices), groups}: `groups[n]` is the JavaScript number of Java's group n. */
export function patternOf(source) {
  let found = compiled.get(source);
  if (found) return found;
  try {
    const expression = javaRegex(source, 'gd');
    found = { source, expression, groups: groupNumbers(expression) };
  } catch (problem) {
    if (problem instanceof PatternError) throw raise('StringException', `Invalid regex: ${problem.message}`);
    throw problem;
  }
  if (compiled.size >= KEPT) compiled.clear();
  compiled.set(source, found);
  return found;
}
