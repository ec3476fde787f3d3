// Evaluates formulas with formulon: reads [{formula, variables}] from stdin, writes one result for each to stdout.
import { readFileSync } from 'node:fs';
import { parse } from 'formulon';

const cases = JSON.parse(readFileSync(0, 'utf8'));
const revive = (variable) =>
    ['date', 'datetime'].includes(variable.dataType) ? { ...variable, value: new Date(variable.value) } : variable;
const results = cases.map(({ formula, variables }) => {
    const known = Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, revive(variable)]));
    try {
        const { type, dataType, value, message, options } = parse(formula, known);
        return { type, dataType, value, message, scale: options?.scale };
    } catch (problem) {
        return { type: 'error', message: problem.message };
    }
});
process.stdout.write(JSON.stringify(results));
