// The reader of S3's XML against bodies that somebody made to mislead it.
import { guideInputs } from "./fuzz/guide-inputs.mjs";
import { deepStrictEqual, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { AwsError } from "../packages/sandbox/dist/errors.js";
import { readXml } from "../packages/sandbox/dist/s3/read-xml.js";
import { escapeXml } from "../packages/sandbox/dist/wire/xml.js";
import { checkProperties } from "./fuzz/check-properties.mjs";

const SEEDS = [
  `<?xml version="1.0" encoding="UTF-8"?>\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet><Object><Key>a&amp;b</Key></Object></Delete>`,
  `<Delete><Object><Key>&#65;&#x42;</Key><VersionId/></Object>\n <Object><Key>]]&gt;</Key></Object></Delete>`,
  `<Delete xmlns:xsi='u' xsi:type="t"/>`,
  // At the limit of nesting and beyond.
  ...[7, 8, 9].map((depth) => `<Delete>${"<a>".repeat(depth - 1)}${"</a>".repeat(depth - 1)}</Delete>`),
];
const WORDS = [
  [
    "<!DOCTYPE Delete [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
    "<!ENTITY a 'aaaa'>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?php ?>",
    "&x;",
    "&amp;",
  ],
  [
    "&#0;",
    "&#x0;",
    "&#55296;",
    "&#xD800;",
    "&#1114112;",
    "&#9999999;",
    "&",
    "<",
    ">",
    "/>",
    "</",
    "<Delete>",
    "</Delete>",
    "<Key>",
    "</Key>",
  ],
  [
    ' xmlns="',
    ` a="b"`,
    "xsi:type='",
    "\ufeff",
    "\u00a0",
    "<?xml version='1.0'?>",
    "<Object>",
    "</Object>",
    "<__proto__>",
    "<constructor/>",
    "<a:b/>",
  ],
].flat();

export const trial = {
  name: "fuzz-s3-xml",
  claim:
    "a body is refused as MalformedXML or read to elements that mean the same when written again, with no document type, comment or entity of its own",
  wouldShow:
    "as an error of another class, elements that differ when they are written and read again, markup that was skipped, or nesting without limit",
  unit: "bodies",
  amounts: { test: 3_000, short: 100_000, long: 4_000_000 },
  needs: [],
  async run({ amount, seed }) {
    const properties = Math.ceil(amount / 20);
    const pairs = [
      [anyElement, checkIdentity],
      [fc.uint8Array(), (bytes) => read(Buffer.from(bytes))],
    ];
    const guided = guideInputs({ amount: amount - properties, seed, seeds: SEEDS, dictionary: WORDS, test: checkBody });
    return checkProperties({ seed, amount: properties, properties: pairs }).and(guided);
  },
};

const leafText = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 10 }),
    fc.string({ unit: fc.constantFrom("&", "&lt;", "&#65;", "amp;", "]]>", "<", "\r", "\n", "a"), maxLength: 4 }),
  )
  .map((one) => one.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "x"));
const anyElement = fc
  .letrec((tie) => ({
    element: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.record(
        { name: fc.constantFrom("Key", "Object", "a-b.c_1"), text: leafText, children: fc.constant([]) },
        { noNullPrototype: true },
      ),
      fc.record(
        {
          name: fc.constantFrom("Key", "Object"),
          text: fc.constant(""),
          children: fc.array(tie("element"), { minLength: 1, maxLength: 3 }),
        },
        { noNullPrototype: true },
      ),
    ),
  }))
  .element.map((child) => ({ name: "Delete", text: "", children: [child] }));

function checkIdentity(root) {
  deepStrictEqual(readXml(Buffer.from(write(root)), "Delete"), root, "differs when it is written and read");
}

function checkBody(given) {
  const text = given.toWellFormed();
  const root = read(Buffer.from(text));
  if (root === undefined) return;
  const body = text.replace(/^\ufeff?<\?xml[^>]*\?>/, "");
  ok(!/<[!?]/.test(body), "accepted a document type, comment, section or instruction");
  ok(depthOf(root) <= 8, "accepted nesting without limit");
  // By another way: every opening tag is one element.
  ok([...body.matchAll(/<[A-Za-z_]/g)].length === countOf(root), "elements were lost");
  ok(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text), "accepted a character that XML does not have");
  // "End-of-Line Handling" (XML 1.0, 2.11).
  deepStrictEqual(
    read(Buffer.from(text.replaceAll("\r\n", "\n").replaceAll("\r", "\n"))),
    root,
    "line ends are kept as they came",
  );
  checkIdentity(root);
}

function read(body) {
  try {
    return readXml(body, "Delete");
  } catch (error) {
    ok(
      error instanceof AwsError && error.code === "MalformedXML",
      `refused as ${error?.name} ${error?.code ?? error?.message}`,
    );
    return undefined;
  }
}

function write({ name, text, children }) {
  return `<${name}>${escapeText(text)}${children.map(write).join("")}</${name}>`;
}

/** As answers are written, but with the control characters that a body may hold. */
function escapeText(text) {
  return text.replace(/[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]+|[^]/g, (run) =>
    /^[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]$/.test(run) ? `&#${run.charCodeAt(0)};` : escapeXml(run),
  );
}

function depthOf({ children }) {
  return 1 + Math.max(0, ...children.map(depthOf));
}

function countOf({ children }) {
  return 1 + children.reduce((sum, child) => sum + countOf(child), 0);
}
