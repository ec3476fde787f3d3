/** The calls under way: where each stands, for stack traces, and how records are shared there. */
import { raise } from './errors.mjs';

const MAX_DEPTH = 1000;
export const stack = [];

/** `sharing` is what the method's class says, or what its caller's said. */
export function enter(method) {
  const caller = stack.length ? stack[stack.length - 1] : null;
  const frame = { method, at: 0, sharing: method.sharing ?? (caller ? caller.sharing : method.entrySharing) };
  if (stack.push(frame) > MAX_DEPTH) {
    stack.pop();
    throw raise('LimitException', `Maximum stack depth reached: ${MAX_DEPTH + 1}`, { uncatchable: true });
  }
  return frame;
}

export function leave() {
  stack.pop();
}

/** One line a call, the innermost first: `Class.Donor.rate: line 12, column 1`. */
export function stackTrace() {
  return stack.toReversed().map(place).join('\n');
}

const place = ({ method, at }) => `${method.label}: line ${Math.floor(at / 1000)}, column ${at % 1000}`;

/** Where the innermost call stands: `OverrideStamp:7`. */
export function whereNow() {
  const frame = stack.at(-1);
  return frame ? `${frame.method.owner.name}:${Math.floor(frame.at / 1000)}` : '';
}

export const sharingNow = () => stack.at(-1)?.sharing ?? 'without';

/** Empty the stack for a new transaction; what was there is given back to be restored. */
export function exchange(frames = []) {
  const before = stack.splice(0);
  stack.push(...frames);
  return before;
}
