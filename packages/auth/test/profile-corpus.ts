// Files such as people have them, and such as nobody should: each piece says in which way AWS's readers differ on it.
import * as fc from "fast-check";

/** A way in which the SDK or we read a file otherwise than botocore: the rows of the tables beside the readers. */
export type Quirk =
  | "twice"
  | "no delimiter"
  | "before any section"
  | "colon"
  | "capitals"
  | "comment behind"
  | "empty value"
  | "continued"
  | "name of words"
  | "words behind the header"
  | "DEFAULT"
  | "byte order mark"
  | "profile in credentials"
  | "prefix"
  | "default twice"
  | "indented header";

export interface CorpusFile {
  readonly config: string;
  readonly credentials: string;
  readonly quirks: ReadonlySet<Quirk>;
}

interface Piece {
  readonly text: string;
  readonly quirks: readonly Quirk[];
}

const plain = (text: string): Piece => ({ text, quirks: [] });
const odd = (quirk: Quirk, text: string): Piece => ({ text, quirks: [quirk] });

const name = fc.constantFrom("dev", "prod", "a", "team-1", "x.y", "jo@corp", "role/admin", "default");
const key = fc.constantFrom(
  "region",
  "role_arn",
  "source_profile",
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "sso_session",
  "output",
  "mfa_serial",
  "my-own.key",
);
const value = fc.constantFrom(
  "eu-west-1",
  "arn:aws:iam::111122223333:role/dev",
  "https://corp.awsapps.com/start#/",
  "a=b=c",
  "x;y#z",
  "/opt/tool --profile 'a b'",
  "[in brackets]",
  '"quoted"',
  "AKIAIOSFODNN7EXAMPLE",
);
const space = fc.constantFrom("", " ", "  ", "\t");

const setting: fc.Arbitrary<Piece> = fc
  .tuple(key, space, space, value, space)
  .map(([k, before, after, v, end]) => plain(`${k}${before}=${after}${v}${end}`));

const quiet: fc.Arbitrary<Piece> = fc.constantFrom(
  plain(""),
  plain("# a comment"),
  plain("; another = one"),
  plain("   "),
  plain("  # indented, with = in it"),
  plain("s3 =\n  max_concurrent_requests = 20\n  addressing_style = path"),
  plain("sts =\n    endpoint_url = http://127.0.0.1:4566"),
);

const oddLine: fc.Arbitrary<Piece> = fc.constantFrom(
  odd("no delimiter", "just words"),
  odd("colon", "region : eu-west-1"),
  odd("colon", "a:b = c"),
  odd("capitals", "Region = eu-west-2"),
  odd("capitals", "AWS_ACCESS_KEY_ID = AKIAIOSFODNN7EXAMPLE"),
  odd("comment behind", "output = json # as I like it"),
  odd("comment behind", "output = json ; so"),
  odd("empty value", "external_id ="),
  odd("continued", "output = json\n  text = x"),
  odd("continued", "output = json\n    yaml"),
  odd("continued", "ca_bundle = a\n\n\n  b\n # c\n  d"),
  odd("continued", "s3 =\n  just words"),
  odd("continued", "s3 =\n\n  a = b\n\n  c = d"),
  odd("no delimiter", "= value"),
);

const configHeader: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 12, arbitrary: name.map((n) => plain(n === "default" ? "[default]" : `[profile ${n}]`)) },
  { weight: 3, arbitrary: name.map((n) => plain(`[sso-session ${n}]`)) },
  { weight: 3, arbitrary: name.map((n) => plain(`[services ${n}]`)) },
  { weight: 2, arbitrary: fc.constantFrom(plain("[preview]"), plain("[plugins]"), plain("[dev]")) },
  {
    weight: 2,
    arbitrary: name.map((n) =>
      n === "default" ? odd("default twice", '[profile "default"]') : plain(`[profile "${n}"]`),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      odd("name of words", '[profile "a b"]'),
      odd("name of words", "[profile a b]"),
      odd("name of words", "[profile]"),
      odd("name of words", "[profile 'open]"),
      odd("name of words", "[profile a\\ b]"),
      odd("words behind the header", "[profile dev] # mine"),
      odd("words behind the header", "[profile a] x ] y"),
      odd("DEFAULT", "[DEFAULT]"),
      odd("name of words", "[profile ünï]"),
      odd("prefix", "[profiles dev]"),
      odd("prefix", "[profile  prod]"),
      odd("default twice", "[profile default]"),
      odd("indented header", "  [profile a]"),
    ),
  },
);

const credentialsHeader: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 12, arbitrary: name.map((n) => plain(`[${n}]`)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      odd("profile in credentials", "[profile dev]"),
      odd("profile in credentials", "[sso-session a]"),
      odd("DEFAULT", "[DEFAULT]"),
      odd("name of words", "[two words]"),
      odd("indented header", " [prod]"),
    ),
  },
);

const line = fc.oneof(
  { weight: 14, arbitrary: setting },
  { weight: 4, arbitrary: quiet },
  { weight: 1, arbitrary: oddLine },
);

/** What makes a key of a piece's first line, so that doubles are known. */
const keyOf = (text: string): string | undefined => /^([^=:#;]+?)\s*[=:]/.exec(text)?.[1]?.toLowerCase();
const headerOf = (text: string): string => /\[(.+)\]/.exec(text)?.[1]?.replaceAll(/["']/g, "") ?? text;

const file = (header: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> =>
  fc
    .record({
      start: fc.oneof(
        { weight: 20, arbitrary: fc.constant(plain("")) },
        { weight: 2, arbitrary: fc.constant(plain("# written by hand\n\n")) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            odd("before any section", "region = eu-west-1\n"),
            odd("byte order mark", "\ufeff"),
          ),
        },
      ),
      sections: fc.array(fc.tuple(header, fc.array(line, { maxLength: 6 })), { maxLength: 5 }),
      // Most files have no double; those that have are found by the same rule.
      keepDoubles: fc.nat(7).map((drawn) => drawn === 0),
      end: fc.constantFrom("\n", "\r\n"),
      last: fc.boolean(),
    })
    .map(({ start, sections, keepDoubles, end, last }) => {
      const quirks: Quirk[] = [...start.quirks];
      const lines: string[] = [];
      const headers = new Set<string>();
      for (const [head, body] of sections) {
        if (headers.has(headerOf(head.text)) && !keepDoubles) continue;
        if (headers.has(headerOf(head.text))) quirks.push("twice");
        headers.add(headerOf(head.text));
        lines.push(head.text);
        quirks.push(...head.quirks);
        const keys = new Set<string>();
        for (const piece of body) {
          const own = keyOf(piece.text);
          if (own !== undefined && keys.has(own)) {
            if (!keepDoubles) continue;
            quirks.push("twice");
          }
          if (own !== undefined) keys.add(own);
          lines.push(piece.text);
          quirks.push(...piece.quirks);
        }
      }
      const text = `${start.text}${lines.join("\n")}${last ? "\n" : ""}`.replaceAll("\n", end);
      return { text, quirks };
    });

/** Pairs of files with what is odd about them. */
export const corpusFile: fc.Arbitrary<CorpusFile> = fc
  .tuple(file(configHeader), file(credentialsHeader))
  .map(([config, credentials]) => ({
    config: config.text,
    credentials: credentials.text,
    quirks: new Set([...config.quirks, ...credentials.quirks]),
  }));

/** Lines at which readers of INI part ways: quotes, other alphabets, spaces that only one of them takes for spaces. */
const HARD_LINES = [
  ["[profile dev]", "[default]", "[dev]", "[sso-session s]", "[services x]", "[PROFILE dev]", "[profile\tdev]"],
  ["[profile a b]", '[profile "a b"]', "[profile a'b]", '[profile "a]', "[profile a\\\\b]", "[profile %(x)s]"],
  ["[ profile dev ]", "[profile dev ]", "[profile  dev]", "[profile]", "[profile ]", "[]", "[ ]", "[a]b]c", "[a"],
  ["[sso-sessions s]", "[servicesx y]", "[profile a#b]", "[profile a;b]", " [profile q]", "]x", "[profile x] k = v"],
  ["region = eu-west-1", "Region=x", "role_arn=%(region)s", "a = b = c", "a : b", "a b = c", "= v", ": v", "k"],
  [
    "s3 =",
    "sts = ",
    "  endpoint_url = http://x",
    "\tk=v",
    "  just words",
    "  k : v",
    "    deeper = 1",
    "  [profile z]",
  ],
  ["# c", "; c", "  # c", "  ; c", "rem x", "k = v ;c", "k = v #c", "k=#c", "k=;c", 'k = """', "k='v'", "'k' = v"],
  ["k = v\\", "k\\ = v", "  cont", "aws_access_key_id = A", "aws_access_key_id = A", "  aws_secret_access_key = B"],
  ["\u0130 = 1", "K\u03a3 = 1", "k\u00df = 1", "\u212a = kelvin", "k = a\u0085b", "\u0085k = v", "k\u00a0= v"],
  ["k =\u2028v", "k = v\u2029", "\u200bk = v", "k = \ufeffv", "\x0bk = v", "k\x0c= v", "k = \x00", "\x1ck = v"],
  ["\u{1f600} = 1", "k = \u{1f600}", "", "   ", "\t", " \u00a0 "],
].flat();

const hardText: fc.Arbitrary<string> = fc
  .record({
    start: fc.constantFrom("", "[profile p]\n", "[profile p]\n"),
    lines: fc.array(
      fc.tuple(fc.constantFrom(...HARD_LINES), fc.constantFrom("\n", "\n", "\r\n", "\r", "\n\n", "\n \n")),
      { maxLength: 9 },
    ),
    cut: fc.option(fc.nat(60), { freq: 5 }),
  })
  .map(({ start, lines, cut }) => {
    const text = start + lines.map((each) => each.join("")).join("");
    return [...text].slice(0, cut ?? undefined).join("");
  });

/** Pairs of files of such lines, whole or cut anywhere. */
export const hardFile: fc.Arbitrary<Pick<CorpusFile, "config" | "credentials">> = fc.record({
  config: hardText,
  credentials: fc.oneof(fc.constant(""), hardText),
});
