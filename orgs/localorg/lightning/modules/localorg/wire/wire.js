/** Wire adapters over questions to the org: equal questions share one answer, which can be asked for anew. */
const sources = new Map(); // question → Source
const emitted = new WeakMap(); // result a component was given → the Source it came from
const PENDING = Object.freeze({ data: undefined, error: undefined });

class Source {
  subscribers = new Set();
  result = null;
  loading = null;

  constructor(ask, records) {
    this.ask = ask;
    this.records = records; // ids of the records whose change makes the answer old
  }

  subscribe(receive) {
    this.subscribers.add(receive);
    if (this.result) receive(this.result);
    else this.load();
  }

  /** Equal answers are not handed out again, as Lightning Data Service does not either. */
  load() {
    this.loading ??= this.ask()
      .then((data) => ({ data: frozen(data), error: undefined }), (error) => ({ data: undefined, error }))
      .then((result) => {
        this.loading = null;
        if (this.result && !result.error && JSON.stringify(this.result.data) === JSON.stringify(result.data)) return;
        this.result = result;
        emitted.set(result, this);
        for (const receive of this.subscribers) receive(result);
      });
    return this.loading;
  }
}

/** `question(config)` gives {key, ask, records}, or nothing while the configuration is incomplete. */
export function adapter(question) {
  return class {
    constructor(receive) {
      this.receive = receive;
      this.source = null;
      receive(PENDING);
    }

    update(config) {
      const asked = question(config);
      const next = asked ? sourceOf(asked) : null;
      if (next === this.source) return;
      this.source?.subscribers.delete(this.receive);
      this.source = next;
      next?.subscribe(this.receive);
    }

    connect() {
      this.source?.subscribe(this.receive);
    }

    disconnect() {
      this.source?.subscribers.delete(this.receive);
    }
  };
}

export function sourceOf({ key, ask, records = [] }) {
  if (!sources.has(key)) sources.set(key, new Source(ask, records));
  return sources.get(key);
}

/** Asks again for what a wire handed out. */
export function refresh(result) {
  const source = emitted.get(result);
  return source ? source.load() : Promise.resolve();
}

/** What was said of these records is old; what nobody looks at any more is forgotten. */
export function changed(ids) {
  const old = new Set(ids.map((id) => id.slice(0, 15)));
  return reload((source) => source.records.some((id) => old.has(id.slice(0, 15))));
}

export const everythingChanged = () => reload(() => true);

async function reload(isOld) {
  const found = [...sources].filter(([, source]) => isOld(source));
  for (const [key, source] of found) if (!source.subscribers.size) sources.delete(key);
  await Promise.all(found.map(([, source]) => source.subscribers.size && source.load()));
}

/** Data from the org is read-only for components. */
export function frozen(value) {
  if (value && typeof value === 'object') Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
