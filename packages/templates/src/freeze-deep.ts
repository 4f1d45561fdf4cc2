/** Freezes plain data through and through and returns it. */
export function freezeDeep<Data>(data: Data): Data {
  if (typeof data === "object" && data !== null && !Object.isFrozen(data)) {
    Object.freeze(data);
    for (const part of Object.values(data)) freezeDeep(part);
  }
  return data;
}
