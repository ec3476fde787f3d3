/** Plain state seen as properties and as getX/setX methods, for the platform's many value classes. */
const capital = (name) => name[0].toUpperCase() + name.slice(1);

/** `fields` maps names to Apex types; gives `properties` and `instance` for platformClass. */
export function accessors(fields) {
  const instance = {};
  const properties = {};
  for (const [name, type] of Object.entries(fields)) {
    const get = (self) => self.state[name] ?? null;
    const set = (self, value) => {
      self.state[name] = value;
    };
    properties[`${type} ${name}`] = { get, set };
    instance[`${type} get${capital(name)}()`] = get;
    instance[`void set${capital(name)}(${type} value)`] = set;
  }
  return { instance, properties };
}
