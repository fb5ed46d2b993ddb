// What the tracker takes from the language, once, before it does anything: libraries change what all scripts of a page share.
// JSON is written by itself where an old library has given all arrays, texts or objects a `toJSON` that makes texts of them. A
// promise is what an async function gives.
const page = globalThis; // the build puts what is exported here in the place of `JSON` and others, but not of their names
const { parse, stringify } = page.JSON;

// As JSON.stringify does it, but that only an object's own kind says what it is written as.
const written = (value, key) => {
  const own = value && typeof value === "object" && value.toJSON;
  if (own && own !== [].toJSON && own !== Object.prototype.toJSON) value = value.toJSON(key);
  if (typeof value === "function") return undefined;
  if (!value || typeof value !== "object") return stringify(value);
  if (Array.isArray(value)) {
    const parts = [];
    for (let at = 0; at < value.length; at++) parts.push(written(value[at], "" + at) || "null");
    return "[" + parts + "]";
  }
  const pairs = Object.keys(value).map((name) => [stringify(name), written(value[name], name)]);
  return "{" + pairs.filter((pair) => pair[1]).map((pair) => pair.join(":")) + "}";
};

export const earlyJSON = { parse, stringify: (value) => ([].toJSON ? written(value, "") : stringify(value)) };
export const earlyPromise = (async () => {})().constructor;

// By arrays: a page whose own `Map` is something else has few visitors, and the runtime's have few entries.
class Pairs {
  keys = [];
  values = [];
  get(key) { return this.values[this.keys.indexOf(key)]; }
  has(key) { return this.keys.indexOf(key) >= 0; }
  set(key, value) {
    const at = this.keys.indexOf(key);
    if (at >= 0) this.values[at] = value;
    else this.values[this.keys.push(key) - 1] = value;
    return this;
  }
  delete(key) {
    const at = this.keys.indexOf(key);
    if (at >= 0) this.keys.splice(at, 1), this.values.splice(at, 1);
    return at >= 0;
  }
}
const holds = () => {
  try {
    return new page.Map([[written, 5]]).get(written) === 5;
  } catch {
    return false;
  }
};
export const earlyMap = /* @__PURE__ */ (() => (holds() ? page.Map : Pairs))();

export const { isArray: earlyIsArray } = Array;
export const { keys: earlyKeys, getPrototypeOf: earlyPrototype } = Object;
export const { floor: earlyFloor } = Math;
