// Objects in files that people write: what they do not know is refused, so that a misspelt restriction is never a missing
// one.
import * as v from "valibot";

/** To valibot a list is an object too; here `[]` in an object's place must not pass for one without members. */
const notAList = v.never("must be an object, not a list");
type OrList<S extends v.GenericSchema> = v.LazySchema<S | typeof notAList>;

/** Returns the form of an object with these members and no others. */
export const strictObject = <const E extends v.ObjectEntries>(
  entries: E,
): OrList<v.StrictObjectSchema<E, undefined>> => {
  const schema = v.strictObject(entries);
  return v.lazy((input) => (Array.isArray(input) ? notAList : schema));
};

/** Returns the form of an object from names to values. */
export const record = <K extends v.GenericSchema<string, string>, V extends v.GenericSchema>(
  key: K,
  value: V,
): OrList<v.RecordSchema<K, V, undefined>> => {
  const schema = v.record(key, value);
  return v.lazy((input) => (Array.isArray(input) ? notAList : schema));
};
