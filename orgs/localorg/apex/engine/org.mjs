/** The pipe to the org: requests come in on one, questions go out on the other, one inside another. */
import fs from 'node:fs';

const IN = 0;
const OUT = 1;
const chunk = Buffer.alloc(1 << 16);
let pending = [];

/** One line of JSON; null at the end of the conversation. */
function receive() {
  for (;;) {
    const line = takeLine();
    if (line !== null) return JSON.parse(line);
    const count = readSome();
    if (count === 0) return null;
    pending.push(Buffer.from(chunk.subarray(0, count)));
  }
}

function readSome() {
  for (;;) {
    try {
      return fs.readSync(IN, chunk, 0, chunk.length, null);
    } catch (problem) {
      if (problem.code === 'EOF') return 0;
      if (problem.code !== 'EAGAIN') throw problem;
    }
  }
}

function takeLine() {
  const last = pending.at(-1);
  const end = last ? last.indexOf(10) : -1;
  if (end < 0) return null;
  const line = Buffer.concat([...pending.slice(0, -1), last.subarray(0, end)]).toString('utf8');
  pending = end + 1 < last.length ? [last.subarray(end + 1)] : [];
  return line;
}

function send(message) {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  let sent = 0;
  while (sent < bytes.length) {
    try {
      sent += fs.writeSync(OUT, bytes, sent);
    } catch (problem) {
      if (problem.code !== 'EAGAIN') throw problem;
    }
  }
}

/** What the org refuses: its error code and message. */
export class OrgError extends Error {
  constructor({ code, message, fields }) {
    super(message);
    this.code = code;
    this.fields = fields ?? [];
  }
}

class Org {
  handle = null; // answers a request: (request) → reply

  /** Ask the org something and wait; it may send requests of its own (a trigger to run) before it answers. */
  ask(name, payload = {}) {
    send({ ask: name, ...payload });
    for (;;) {
      const message = receive();
      if (message === null) process.exit(0);
      if (message.do) this.answer(message);
      else if (message.error) throw new OrgError(message.error);
      else return message.reply;
    }
  }

  answer(request) {
    send({ done: this.handle(request) });
  }

  serve() {
    for (let request = receive(); request !== null; request = receive()) this.answer(request);
  }
}

export const org = new Org();
