// Says how a client's answer differs from what the table expects. Pure.

/**
 * Returns the kind of the difference and one line for each: `right` and none when the client met what the table says.
 * The kinds, worst first: `false allow`, `false deny`, `no answer`, `other refusal`, `other answer`, `other text`.
 */
export function judgeAnswer({ allowed, refused }, answer) {
  if (answer === undefined) return wrong("no answer", "the client gave no answer");
  if (!answer.allowed && answer.status === 0) return wrong("no answer", answer.message);
  if (allowed !== undefined) return judgeAllowed(allowed, answer);
  if (refused === undefined) return wrong("other answer", "the case expects nothing");
  if (answer.allowed)
    return wrong("false allow", `allowed, although AWS refuses with ${refused.status} ${refused.code ?? ""}`);
  const differences = [];
  if (answer.status !== refused.status) differences.push(`the status is ${answer.status}, not ${refused.status}`);
  if (refused.code !== undefined && answer.code !== refused.code) {
    differences.push(`the code is ${answer.code}, not ${refused.code}`);
  }
  const isText = answer.message.startsWith(refused.message ?? "");
  if (differences.length > 0) return wrong(answer.status >= 500 ? "no answer" : "other refusal", ...differences);
  return isText ? { kind: "right", differences } : wrong("other text", `the text is "${answer.message}"`);
}

function judgeAllowed(allowed, answer) {
  if (!answer.allowed) {
    const kind = answer.status >= 500 ? "no answer" : "false deny";
    return wrong(kind, `refused with ${answer.status} ${answer.code}: ${answer.message}`);
  }
  const differences = Object.entries(allowed).flatMap(([path, wanted]) => {
    const got = valueAt(answer.answer, path);
    return got === wanted ? [] : [`${path} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
  });
  return differences.length === 0 ? { kind: "right", differences } : wrong("other answer", ...differences);
}

function wrong(kind, ...differences) {
  return { kind, differences };
}

/** Returns the value at a dotted path, or undefined. */
export function valueAt(value, path) {
  return path.split(".").reduce((inner, key) => (typeof inner === "object" ? inner?.[key] : undefined), value);
}
