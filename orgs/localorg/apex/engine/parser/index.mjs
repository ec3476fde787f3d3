/** Apex text → plain nodes, by the library's grammar. Syntax errors leave in the compiler's words. */
import { createRequire } from 'node:module';
import { CompileError } from '../errors.mjs';
import { anonymous, trigger, typeDeclaration } from './declarations.mjs';

const load = createRequire(import.meta.url);
let grammar = null;

/** The grammar takes a moment to load: only text that was never parsed before asks for it. */
function library() {
  if (!grammar) {
    const { ApexErrorListener, ApexParserFactory } = load('@apexdevtools/apex-parser');
    class Listener extends ApexErrorListener {
      apexSyntaxError(line, column, message) {
        throw new CompileError(message, [line, column + 1]);
      }
    }
    grammar = { parserOf: (text) => ApexParserFactory.createLexerAndParser(text, new Listener()).parser };
  }
  return grammar;
}

/** `kind` is class, trigger or anonymous. */
export function parse(text, kind) {
  const parser = library().parserOf(text);
  if (kind === 'trigger') return trigger(parser.triggerUnit());
  if (kind === 'anonymous') return anonymous(parser.anonymousUnit());
  return typeDeclaration(parser.compilationUnit().typeDeclaration());
}
