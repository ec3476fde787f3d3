// Reads the SOQL inside Apex: for each file named on stdin (a JSON list) the queries with the object and the field paths they name.
import { readFileSync } from 'node:fs';
import { ApexParserBaseListener, ApexParserFactory, ApexParseTreeWalker } from '@apexdevtools/apex-parser';

const kindOf = (node) => node.constructor.name;

/** One query; its child sub-queries (`children`) and semi-joins (`inner`) are queries of their own. */
function describe(query) {
    const described = { line: query.start.line, from: query.fromNameList().getText(), paths: [], children: [], inner: [] };
    const aliases = new Set();
    const visit = (node) => {
        const kind = kindOf(node);
        if (kind === 'SubQueryContext' && node !== query) {
            const inSelect = kindOf(node.parentCtx) === 'SelectEntryContext';
            (inSelect ? described.children : described.inner).push(describe(node));
        } else if (kind === 'FieldNameContext') {
            described.paths.push(node.getText());
        } else if (!['BoundExpressionContext', 'FromNameListContext'].includes(kind)) {
            if (kind === 'SelectEntryContext' && node.soqlId?.()) {
                aliases.add(node.soqlId().getText());
            }
            (node.children ?? []).forEach(visit);
        }
    };
    visit(query);
    described.paths = described.paths.filter((path) => !aliases.has(path));
    return described;
}

class Queries extends ApexParserBaseListener {
    found = [];
    enterSoqlLiteral(literal) {
        if (literal.query()) {
            this.found.push(describe(literal.query()));
        }
    }
}

const files = JSON.parse(readFileSync(0, 'utf8'));
const result = files.map((file) => {
    const { parser } = ApexParserFactory.createLexerAndParser(readFileSync(file, 'utf8'));
    parser.removeErrorListeners(); // syntax is the compiler's business; the default listener is broken in 5.2.0
    const listener = new Queries();
    ApexParseTreeWalker.DEFAULT.walk(listener, file.endsWith('.trigger') ? parser.triggerUnit() : parser.compilationUnit());
    return { file, queries: listener.found };
});
process.stdout.write(JSON.stringify(result));
