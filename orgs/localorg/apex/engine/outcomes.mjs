/** What became of a piece of Apex, as the org is told it. */
import { CompileError, NoSuch, NotEmulated, Thrown } from './errors.mjs';
import { exceptionText } from './text.mjs';

/** `{ok: true, value}` or `{ok: false, type, message, trace, emulated}`; a fault of the engine itself says so. */
export function outcome(work) {
  try {
    return { ok: true, value: work() ?? null };
  } catch (problem) {
    return { ok: false, ...failure(problem) };
  }
}

function failure(problem) {
  if (problem instanceof Thrown) return thrownFailure(problem);
  if (problem instanceof NoSuch) return { type: 'NotFound', message: problem.message, trace: '' };
  if (problem instanceof NotEmulated) return { type: 'NotEmulated', message: problem.message, trace: '' };
  if (problem instanceof CompileError) return { type: 'CompileError', message: problem.message, trace: '', at: problem.at };
  return { type: 'EngineFault', message: String(problem.message ?? problem), trace: String(problem.stack ?? '').slice(0, 2000) };
}

function thrownFailure({ value, trigger }) {
  const caused = value.state.cause ? `\nCaused by: ${exceptionText(value.state.cause)}` : '';
  return {
    type: value.cls.native && !value.cls.name.includes('.') ? `System.${value.cls.name}` : value.cls.name,
    message: value.state.message ?? 'Script-thrown exception',
    text: exceptionText(value),
    trace: `${value.trace ?? ''}${caused}`,
    trigger: trigger ?? null,
    rows: value.state.rows ?? null,
  };
}
