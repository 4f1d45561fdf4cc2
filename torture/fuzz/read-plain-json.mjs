// A second reader of JSON, as slow and plain as the grammar of RFC 8259: what it keeps and JSON.parse loses is that a
// member stands twice.

/** Returns the value of valid JSON, every object as a list of `[name, value]` pairs in a `{ members }`. */
export function readPlainJson(text) {
  let at = 0;
  const skip = () => {
    while (/[ \t\r\n]/.test(text.charAt(at))) at += 1;
  };
  const string = () => {
    const start = at;
    for (at += 1; text[at] !== '"'; at += 1) if (text[at] === "\\") at += 1;
    at += 1;
    return JSON.parse(text.slice(start, at));
  };
  const list = (close, item) => {
    const items = [];
    at += 1;
    skip();
    while (text[at] !== close) {
      items.push(item());
      skip();
      if (text[at] === ",") at += 1;
      skip();
    }
    at += 1;
    return items;
  };
  const value = () => {
    skip();
    if (text[at] === '"') return string();
    if (text[at] === "[") return list("]", value);
    if (text[at] === "{") {
      const members = list("}", () => {
        const name = string();
        skip();
        at += 1;
        return [name, value()];
      });
      return { members };
    }
    const start = at;
    while (at < text.length && !/[,\]}\s]/.test(text.charAt(at))) at += 1;
    return JSON.parse(text.slice(start, at));
  };
  return value();
}

/** Returns the first name that stands twice in one object, at any depth; `undefined` when there is none. */
export function doubledName(value) {
  if (Array.isArray(value)) return firstOf(value.map(doubledName));
  if (typeof value !== "object" || value === null) return undefined;
  const names = value.members.map(([name]) => name);
  return (
    names.find((name, index) => names.indexOf(name) < index) ??
    firstOf(value.members.map(([, one]) => doubledName(one)))
  );
}

function firstOf(found) {
  return found.find((one) => one !== undefined);
}
