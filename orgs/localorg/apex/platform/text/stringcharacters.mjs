/** String's questions about its characters: isAlpha, isNumeric, … An empty text has none, and answers as Apache Commons does. */
const each = (pattern) => (self) => self !== '' && pattern.test(self);

export const characters = {
  'Boolean containsWhitespace()': (self) => /\s/.test(self),
  'Boolean isAllLowerCase()': each(/^\p{Ll}+$/u),
  'Boolean isAllUpperCase()': each(/^\p{Lu}+$/u),
  'Boolean isAlpha()': each(/^\p{L}+$/u),
  'Boolean isAlphaSpace()': (self) => /^[\p{L} ]*$/u.test(self),
  'Boolean isAlphanumeric()': each(/^[\p{L}\p{Nd}]+$/u),
  'Boolean isAlphanumericSpace()': (self) => /^[\p{L}\p{Nd} ]*$/u.test(self),
  'Boolean isAsciiPrintable()': (self) => /^[ -~]*$/.test(self),
  'Boolean isNumeric()': each(/^\p{Nd}+$/u),
  'Boolean isNumericSpace()': (self) => /^[\p{Nd} ]*$/u.test(self),
  'Boolean isWhitespace()': (self) => /^\s*$/.test(self),
};
