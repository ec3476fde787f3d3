/** System.JSONGenerator: JSON written piece by piece. */
import { raise } from '../../engine/errors.mjs';
import { platformClass } from '../../engine/platform.mjs';
import { given } from '../support/arguments.mjs';
import { layout, treeOf } from './writing.mjs';

const refuse = (message) => raise('JSONException', message);

/** Puts a value where the generator stands: in an array, under a field's name, or as the whole. */
function put(self, node) {
  const { state } = self;
  const holder = state.open.at(-1);
  if (!holder) {
    if (state.root) throw refuse('Can not write a second value');
    state.root = node;
  } else if (Array.isArray(holder.node)) {
    holder.node.push(node);
  } else {
    if (holder.name === null) throw refuse('Can not write value, expecting field name');
    holder.node.set(holder.name, node);
    holder.name = null;
  }
}

function name(self, text) {
  const holder = self.state.open.at(-1);
  if (!holder || Array.isArray(holder.node) || holder.name !== null) throw refuse('Can not write a field name, expecting a value');
  holder.name = given(text);
}

function start(self, node) {
  put(self, node);
  self.state.open.push({ node, name: null });
}

function end(self, isArray) {
  const holder = self.state.open.at(-1);
  if (!holder || Array.isArray(holder.node) !== isArray) throw refuse(`Current context not an ${isArray ? 'ARRAY' : 'object'}`);
  self.state.open.pop();
}

const writeValue = (self, value) => put(self, treeOf(given(value)));

function writeField(self, field, value) {
  name(self, field);
  put(self, treeOf(given(value, 2)));
}

/** writeNumber, writeString, … : a method for each declared type, and its twin that writes a field. */
function writers() {
  const made = {};
  const kinds = {
    Blob: ['Blob'], Boolean: ['Boolean'], Date: ['Date'], DateTime: ['Datetime'], Id: ['Id'], Number: ['Integer', 'Long', 'Double', 'Decimal'],
    Object: ['Object'], String: ['String'], Time: ['Time'],
  };
  for (const [kind, types] of Object.entries(kinds)) {
    for (const type of types) {
      made[`void write${kind}(${type} value)`] = writeValue;
      made[`void write${kind}Field(String field, ${type} value)`] = writeField;
    }
  }
  return made;
}

export default platformClass('JSONGenerator', {
  instance: {
    ...writers(),
    'void writeFieldName(String field)': name,
    'void writeNull()': (self) => put(self, treeOf(null)),
    'void writeNullField(String field)': (self, field) => {
      name(self, field);
      put(self, treeOf(null));
    },
    'void writeStartArray()': (self) => start(self, []),
    'void writeStartObject()': (self) => start(self, new Map()),
    'void writeEndArray()': (self) => end(self, true),
    'void writeEndObject()': (self) => end(self, false),
    'void close()': (self) => {
      self.state.open = [];
    },
    'Boolean isClosed()': (self) => self.state.open.length === 0 && self.state.root !== null,
    'String getAsString()': (self) => (self.state.root ? layout(self.state.root, self.state.pretty) : ''),
  },
});
