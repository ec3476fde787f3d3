/** System.Exception: what every exception can say. */
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';

const SCRIPT_THROWN = 'Script-thrown exception';

/** `System.DmlException`, or the user's own class. */
export function typeName({ cls }) {
  return cls.native && !cls.name.includes('.') ? `System.${cls.name}` : cls.name;
}

function initCause(self, cause) {
  if (self.state.cause) throw raise('IllegalArgumentException', "Can't overwrite cause");
  self.state.cause = cause;
}

export default platformClass('Exception', {
  isVirtual: true,
  isException: true,
  instance: {
    'Exception getCause()': (self) => self.state.cause ?? null,
    'Integer getLineNumber()': (self) => Number(/line (\d+)/.exec(self.trace ?? '')?.[1] ?? 1),
    'String getMessage()': (self) => self.state.message ?? SCRIPT_THROWN,
    'String getStackTraceString()': (self) => self.trace ?? '',
    'String getTypeName()': typeName,
    'void initCause(Exception cause)': initCause,
    'void setMessage(String message)': (self, message) => {
      self.state.message = message;
    },
  },
});

/** The constructors that every exception class has. */
export const constructors = (name) => ({
  [`${name}()`]: () => ({ message: null, cause: null }),
  [`${name}(String message)`]: (message) => ({ message, cause: null }),
  [`${name}(Exception cause)`]: (cause) => ({ message: cause ? `${typeName(cause)}: ${cause.state.message ?? SCRIPT_THROWN}` : null, cause }),
  [`${name}(String message, Exception cause)`]: (message, cause) => ({ message, cause }),
});
