// Reads what a page's form sends: few fields, each once, and never more than a form can hold.
import type { IncomingMessage } from "node:http";
import type { Refusal } from "../browser/judge-page-request.js";

/** The longest form that the setup sends, in bytes, many times over. */
const MOST_BYTES = 16_384;

export interface PageForm {
  /** The question that is answered. */
  readonly step: string;
  readonly wish: string;
  readonly values: Readonly<Record<string, string>>;
}

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    // The rest is not waited for.
    if (size > MOST_BYTES) return undefined;
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString("utf8");
};

/** Returns the form, or why it is refused. Rejects where the browser hangs up. */
export const readForm = async (request: IncomingMessage): Promise<PageForm | Refusal> => {
  if (Number(request.headers["content-length"] ?? "0") > MOST_BYTES) {
    return { status: 413, why: "the answer is too long" };
  }
  const body = await readBody(request);
  if (body === undefined) return { status: 413, why: "the answer is too long" };
  const pairs = [...new URLSearchParams(body)];
  const names = pairs.map(([name]) => name);
  if (new Set(names).size !== names.length) return { status: 400, why: "the answer says something twice" };
  const fields = new Map(pairs);
  const values = pairs.flatMap(([name, value]) => (name.startsWith("f.") ? [[name.slice(2), value] as const] : []));
  return { step: fields.get("step") ?? "", wish: fields.get("do") ?? "", values: Object.fromEntries(values) };
};
