// Who may knock at the setup's page. It listens where every program of this machine, and every web page in its browsers, can
// send requests; the head of a request is judged as it came, before anything of it is used. Pure.

export interface RequestHead {
  readonly method: string;
  readonly url: string;
  /** Names and values in turn, as they stood on the wire: Node's own map hides a second Host. */
  readonly rawHeaders: readonly string[];
}

export interface PageDoor {
  /** `127.0.0.1:PORT`, exactly. */
  readonly host: string;
  /** The one origin that may show the page in a frame. */
  readonly embedIn?: string | undefined;
}

/** What is answered to a request that is refused. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

const refuse = (status: number, why: string): Refusal => ({ status, why });

/** Returns the values of a header, as often as it was sent. */
const headerValues = ({ rawHeaders }: RequestHead, name: string): readonly string[] =>
  rawHeaders.flatMap((header, i) => (i % 2 === 0 && header.toLowerCase() === name ? [rawHeaders[i + 1] ?? ""] : []));

const headerNames = ({ rawHeaders }: RequestHead): readonly string[] =>
  rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());

const isForwarded = (head: RequestHead): boolean =>
  headerNames(head).some((name) => name.startsWith("x-forwarded-") || ["forwarded", "via", "x-real-ip"].includes(name));

/** Every value is one of those; a browser that does not send the header is judged by the rest. */
const areAmong = (values: readonly string[], allowed: readonly string[]): boolean =>
  values.length < 2 && values.every((value) => allowed.includes(value));

const judgeGet = (head: RequestHead, { embedIn }: PageDoor): Refusal | undefined => {
  const isEmbedded = embedIn !== undefined;
  // Fetch Metadata (W3C): `none` is a person or a program that opened the address, not a page.
  const sites = ["none", "same-origin", ...(isEmbedded ? ["same-site"] : [])];
  if (!areAmong(headerValues(head, "sec-fetch-site"), sites)) return refuse(403, "another page sent the browser here");
  const places = ["document", ...(isEmbedded ? ["iframe"] : [])];
  if (!areAmong(headerValues(head, "sec-fetch-dest"), places)) return refuse(403, "this is a page, and no part of one");
  const isAhead = ["purpose", "sec-purpose", "x-moz"].some((name) => headerValues(head, name).length > 0);
  return isAhead ? refuse(403, "nobody has asked for the page yet") : undefined;
};

const judgePost = (head: RequestHead, { host }: PageDoor): Refusal | undefined => {
  const [origin, ...more] = headerValues(head, "origin");
  if (origin !== `http://${host}` || more.length > 0) return refuse(403, "the answer does not come from this page");
  if (!areAmong(headerValues(head, "sec-fetch-site"), ["same-origin"])) {
    return refuse(403, "the answer does not come from this page");
  }
  const [type, ...others] = headerValues(head, "content-type");
  const isForm = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i.test(type ?? "");
  return isForm && others.length === 0 ? undefined : refuse(415, "the answer is no form");
};

/** Returns why a request is refused, or undefined where its head is as our page's requests are. */
export const judgePageRequest = (head: RequestHead, door: PageDoor): Refusal | undefined => {
  const [host, ...more] = headerValues(head, "host");
  // A foreign name that was pointed at 127.0.0.1 (DNS rebinding) shows here.
  if (host !== door.host || more.length > 0) return refuse(403, "this is not the address of this page");
  if (isForwarded(head)) return refuse(403, "the page is for this machine's own browser only");
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(head.url)) return refuse(400, "the address is not of the page's form");
  if (head.method === "GET") return judgeGet(head, door);
  if (head.method === "POST") return judgePost(head, door);
  return refuse(405, "the page is read and answered, nothing else");
};

/** Returns the value of the one cookie of that name; undefined where there is none, or more than one. */
export const cookieValue = (head: RequestHead, name: string): string | undefined => {
  const values = headerValues(head, "cookie")
    .flatMap((cookies) => cookies.split(/; ?/))
    .filter((cookie) => cookie.startsWith(`${name}=`));
  return values.length === 1 ? values[0]?.slice(name.length + 1) : undefined;
};
