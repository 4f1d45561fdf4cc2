// Changes to a JSON text that leave it JSON: most changes of single characters end at the first check.

const VALUES = [null, true, false, 0, -1, 1.5, 1e21, 9_007_199_254_740_992, "", "*", [], {}, [[]], [null]];

const DOUBLE = "the same name again";

/** Returns another JSON text; `undefined` when `text` is none. `changeText` changes a string of it. */
export function mutateJson(text, random, dictionary, other, changeText) {
  const tree = parsed(text);
  if (typeof tree !== "object" || tree === null) return undefined;
  if (random.below(16) === 0) return withDouble(tree, random);
  const donors = slotsOf(parsed(other));
  for (let count = 1 << random.below(3); count > 0; count -= 1) {
    const slots = slotsOf(tree);
    if (slots.length === 0) break;
    change(random.pick(slots), random, dictionary, donors, changeText);
  }
  return JSON.stringify(tree);
}

/** JSON in which one member stands twice, which no object can hold. */
function withDouble(tree, random) {
  const members = slotsOf(tree).filter(({ parent }) => !Array.isArray(parent));
  if (members.length === 0) return JSON.stringify(tree);
  const { parent, key } = random.pick(members);
  parent[DOUBLE] = structuredClone(random.below(2) === 0 ? parent[key] : random.pick(members).value);
  return JSON.stringify(tree).replace(JSON.stringify(DOUBLE), () => JSON.stringify(key));
}

function change({ parent, key }, random, dictionary, donors, changeText) {
  const value = parent[key];
  const word = () => (dictionary.length > 0 ? random.pick(dictionary) : "x");
  const put = (name, one) => {
    // Not by assignment, so that "__proto__" is a member like any other.
    Object.defineProperty(parent, name, { value: one, enumerable: true, writable: true, configurable: true });
  };
  switch (random.below(10)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    case 1:
      put(key, structuredClone(random.pick(VALUES)));
      return;
    case 2:
      put(key, word());
      return;
    case 3:
      put(key, Array.isArray(value) ? (value[0] ?? {}) : [value]);
      return;
    case 4:
      if (donors.length > 0) put(key, structuredClone(random.pick(donors).value));
      return;
    case 5: {
      const name = random.oneIn(2) ? word() : changeText(key);
      if (Array.isArray(parent)) put(key, { [name]: value });
      else {
        delete parent[key];
        put(name, value);
      }
      return;
    }
    case 6:
      if (Array.isArray(parent)) parent.push(structuredClone(value));
      else put(word(), structuredClone(value));
      return;
    case 7:
      if (donors.length > 0 && !Array.isArray(parent)) {
        const donor = random.pick(donors);
        put(donor.key, structuredClone(donor.value));
      }
      return;
    default:
      if (typeof value === "string") put(key, changeText(value));
      else if (Array.isArray(value)) value.push(word());
  }
}

/** Every place of a value in the tree. */
function slotsOf(tree) {
  const slots = [];
  const open = [tree];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    if (typeof parent !== "object" || parent === null) continue;
    for (const key of Object.keys(parent)) {
      slots.push({ parent, key, value: parent[key] });
      if (typeof parent[key] === "object" && parent[key] !== null && open.length < 500) open.push(parent[key]);
    }
  }
  return slots;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
