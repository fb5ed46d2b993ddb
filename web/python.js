// What Python has and JavaScript has not: helpers of the `compiled` lane. The compiler (src/pyrite/bundle/compiler) uses them
// where it can't tell a value's kind; the build leaves out those that nothing uses. A dict is a plain object, a list or
// tuple an array, None is null (or undefined, where JavaScript gave it).

const type = Object.prototype.toString;
const has = Object.prototype.hasOwnProperty;

export class ValueError extends Error {
  get $name() { return "ValueError"; }
}
export class AssertionError extends Error {
  get $name() { return "AssertionError"; }
}

export const isdict = (value) => {
  if (value === null || typeof value !== "object") return false;
  const shape = Object.getPrototypeOf(value);
  return shape === Object.prototype || shape === null;
};
export const own = (dict, key) => has.call(dict, key);
export const get = (dict, key, otherwise = null) => (has.call(dict, key) ? dict[key] : otherwise);
// An item named as what every object has, __proto__ first of all, is an item like any other.
export const put = (holder, key, value) => {
  if (key < 0 && Array.isArray(holder)) key += holder.length;
  if (key in holder && !has.call(holder, key)) Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  else holder[key] = value;
};
// An item of a list or text, from the end where its place is negative; or one of a dict.
export const at = (holder, key) => holder[typeof key === "number" && key < 0 ? key + holder.length : key];
export const dict = (value) => (isdict(value) ? value : Object.fromEntries(value));
export const getattr = (value, name, otherwise) => (value != null && name in Object(value) ? value[name] : otherwise);
export const pop = (holder, key, otherwise = null) => {
  if (Array.isArray(holder)) return holder.splice(key, 1)[0];
  if (!has.call(holder, key)) return otherwise;
  const value = holder[key];
  delete holder[key];
  return value;
};
export const setdefault = (dict, key, value) => {
  if (!has.call(dict, key)) put(dict, key, value);
  return dict[key];
};
export const update = (dict, other) => {
  for (const key of Object.keys(other)) put(dict, key, other[key]);
};
export const copy = (value) => (Array.isArray(value) ? value.slice() : { ...value });
export const clear = (holder) => {
  if (Array.isArray(holder)) holder.length = 0;
  else for (const key of Object.keys(holder)) delete holder[key];
};
export const insert = (list, index, value) => {
  list.splice(index, 0, value);
};
export const extend = (list, other) => {
  for (const value of items(other).slice()) list.push(value);
};
export const index = (holder, value) => {
  const place = typeof holder === "string" ? holder.indexOf(value) : holder.findIndex((item) => equal(item, value));
  if (place < 0) throw new ValueError("not found");
  return place;
};
export const remove = (list, value) => {
  list.splice(index(list, value), 1);
};

export const items = (value) =>
  Array.isArray(value) ? value : isdict(value) ? Object.keys(value) : [...value];
export const len = (value) => (isdict(value) ? Object.keys(value).length : value.length);
export const truth = (value) =>
  Array.isArray(value) ? value.length > 0 : isdict(value) ? Object.keys(value).length > 0 : !!value || value !== value;
export const both = (one, other) => (truth(one) ? other() : one);
export const either = (one, other) => (truth(one) ? one : other());
export const holds = (holder, value) =>
  typeof holder === "string" ? holder.includes(value) : Array.isArray(holder) ? holder.some((item) => equal(item, value)) : has.call(holder, value);

const number = (value) => (typeof value === "boolean" ? +value : value);
export const equal = (one, other) => {
  if (number(one) === number(other) || (one == null && other == null)) return true;
  if (one == null || other == null || typeof one !== "object" || typeof other !== "object") return false;
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item, at) => equal(item, other[at]));
  if (!isdict(one) && one.__eq__) return one.__eq__(other);
  if (!isdict(other) && other.__eq__) return other.__eq__(one);
  if (!isdict(one) || !isdict(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => has.call(other, name) && equal(one[name], other[name]));
};

export const plus = (one, other) => (Array.isArray(one) ? one.concat(other) : one + other);
export const times = (one, other) => {
  if (typeof one === "number" && typeof other === "number") return one * other;
  if (typeof one === "number") return times(other, one);
  if (!Array.isArray(one)) return one.repeat(Math.max(0, other));
  const list = [];
  while (other-- > 0) list.push(...one);
  return list;
};
const divisor = (number) => {
  if (!number) throw new ValueError("by zero");
  return number;
};
export const divided = (one, other) => one / divisor(other);
export const modulo = (one, other) => ((one % other) + other) % other;
export const rest = (one, other) => {
  const left = one % divisor(other);
  return left && left < 0 !== other < 0 ? left + other : left;
};
export const quotient = (one, other) => Math.round((one - rest(one, other)) / other);
// Whole numbers from 0 to 2 ** 53, where JavaScript's own operators stop at 31 bits.
const split32 = (number) => [Math.floor(number / 0x100000000), number >>> 0];
const bitwise = (operation) => (one, other) => {
  const [high, low] = split32(one);
  const [otherHigh, otherLow] = split32(other);
  return operation(high, otherHigh) * 0x100000000 + (operation(low, otherLow) >>> 0);
};
export const bitand = /* @__PURE__ */ bitwise((one, other) => one & other);
export const bitor = /* @__PURE__ */ bitwise((one, other) => one | other);
export const bitxor = /* @__PURE__ */ bitwise((one, other) => one ^ other);
export const shl = (number, places) => number * 2 ** places;
export const shr = (number, places) => Math.floor(number / 2 ** places);
export const sum = (list) => list.reduce((total, item) => total + item, 0);
const first = (list) => {
  if (!list.length) throw new ValueError("an empty list has no smallest and no largest");
  return list;
};
export const min = (list) => first(list).reduce((one, other) => (order(other, one) < 0 ? other : one));
export const max = (list) => first(list).reduce((one, other) => (order(other, one) > 0 ? other : one));
export const range = (start, end, step = 1) => {
  if (end === undefined) [start, end] = [0, start];
  const out = [];
  for (let at = start; step > 0 ? at < end : at > end; at += step) out.push(at);
  return out;
};
export const stepped = (start, end, step) => range(start, end, divisor(step));
export const enumerate = (list) => items(list).map((item, at) => [at, item]);
export const zip = (one, other) => {
  const others = items(other);
  return items(one).slice(0, others.length).map((item, at) => [item, others[at]]);
};
export const reversed = (list) => items(list).slice().reverse();

// Python orders texts by code point, JavaScript by UTF-16 unit: they differ where a surrogate meets U+E000 to U+FFFF.
const weight = (unit) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
export const order = (one, other) => {
  if (typeof one === "string" && typeof other === "string") {
    const end = Math.min(one.length, other.length);
    for (let at = 0; at < end; at++) {
      const difference = weight(one.charCodeAt(at)) - weight(other.charCodeAt(at));
      if (difference) return difference;
    }
    return one.length - other.length;
  }
  if (Array.isArray(one)) {
    for (let at = 0; at < Math.min(one.length, other.length); at++) {
      const difference = order(one[at], other[at]);
      if (difference) return difference;
    }
    return one.length - other.length;
  }
  return one < other ? -1 : one > other ? 1 : 0;
};
export const sorted = (value, key) => {
  const keys = isdict(value);
  const list = keys ? Object.keys(value) : items(value).slice();
  if (key) return list.map((item) => [key(item), item]).sort((one, other) => order(one[0], other[0])).map((pair) => pair[1]);
  // JavaScript's own order is Python's for texts without surrogates and what is above them.
  return keys && !/[\ud800-\uffff]/.test(list) ? list.sort() : list.sort(order);
};

export const name = (value) => {
  if (value == null) return "NoneType";
  if (Array.isArray(value)) return "list";
  const kind = typeof value;
  if (kind === "number") return Number.isSafeInteger(value) ? "int" : "float";
  if (isdict(value)) return "dict";
  return value.$name || (value instanceof RangeError ? "RuntimeError" : value.name) || { string: "str", boolean: "bool" }[kind] || type.call(value).slice(8, -1).toLowerCase();
};
export const str = (value = "") =>
  typeof value === "string" ? value : value instanceof Error ? value.message : repr(value);
const SIGNS = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };
export const repr = (value) => {
  if (value == null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const hex = (sign) => (sign === quote ? "\\" + sign : SIGNS[sign] || (sign > "\xff" ? "\\u" : "\\x") + sign.charCodeAt(0).toString(16).padStart(sign > "\xff" ? 4 : 2, "0"));
    return quote + value.replace(/[\\\x00-\x1f\x7f-\xa0\xad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff'"]/g, (sign) => (sign === "'" || sign === '"') && sign !== quote ? sign : hex(sign)) + quote;
  }
  if (typeof value === "number") return Number.isNaN(value) ? "nan" : String(value).replace("Infinity", "inf");
  if (Array.isArray(value)) return "[" + value.map(repr).join(", ") + "]";
  if (isdict(value)) return "{" + Object.keys(value).map((key) => repr(key) + ": " + repr(value[key])).join(", ") + "}";
  if (value.__repr__) return value.__repr__();
  return value instanceof Error ? `${name(value)}(${repr(value.message)})` : `<${name(value)}>`;
};
export const int = (value) => {
  const found = typeof value !== "string" ? Math.trunc(value ?? NaN) : /^\s*[+-]?\d+\s*$/.test(value) ? +value : NaN;
  if (!Number.isFinite(found)) throw new ValueError("invalid literal for int() with base 10: " + repr(value));
  return found;
};
export const float = (value) => {
  if (typeof value !== "string") return +value;
  const text = value.trim().toLowerCase();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text)) return Number(text);
  const found = /^([+-]?)(inf(inity)?|nan)$/.exec(text);
  if (!found) throw new ValueError("could not convert string to float: " + repr(value));
  return found[2] === "nan" ? NaN : found[1] === "-" ? -Infinity : Infinity;
};
export const padded = (number, width, base) =>
  number < 0 ? "-" + padded(-number, width - 1, base) : number.toString(base).padStart(width, "0");

// Arguments given by name, in the places that a function has for *names*; what is left is its last.
export const placed = (names, given) => {
  const rest = { ...given };
  for (const name of names) delete rest[name];
  return [...names.map((name) => (own(given, name) ? given[name] : undefined)), rest];
};

export const partition = (text, mark) => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, "", ""] : [text.slice(0, at), mark, text.slice(at + mark.length)];
};
export const rpartition = (text, mark) => {
  const at = text.lastIndexOf(mark);
  return at < 0 ? ["", "", text] : [text.slice(0, at), mark, text.slice(at + mark.length)];
};
export const isdigit = (text) => /^\d+$/.test(text);
export const split = (text) => text.trim().split(/\s+/).filter((piece) => piece);
export const replace = (text, old, fresh) => text.split(old).join(fresh);
export const count = (holder, value) =>
  typeof holder === "string" ? (value ? holder.split(value).length - 1 : holder.length + 1) : holder.filter((item) => equal(item, value)).length;
export const startswith = (text, starts) => [].concat(starts).some((start) => text.startsWith(start));
export const endswith = (text, ends) => [].concat(ends).some((end) => text.endsWith(end));
const edge = (text, signs, from, step) => {
  while (from >= 0 && from < text.length && signs.includes(text[from])) from += step;
  return from;
};
export const lstrip = (text, signs) => text.slice(edge(text, signs, 0, 1));
export const rstrip = (text, signs) => text.slice(0, edge(text, signs, text.length - 1, -1) + 1);
export const strip = (text, signs) => rstrip(lstrip(text, signs), signs);
