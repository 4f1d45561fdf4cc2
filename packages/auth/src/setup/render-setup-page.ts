// A step of the setup as HTML. No script, no picture, nothing loaded: names of accounts and profiles are others' text.
import { createHash } from "node:crypto";
import { display } from "../prompts/display.js";
import { escapeHtml } from "../browser/plain-page.js";
import { readWebUrl } from "../sso/judge-start-url.js";
import { drawQr, isQrLine } from "./draw-qr.js";
import type { PageView } from "./page-desk.js";
import type { SetupEnd, SetupField, SetupProblem, SetupQuestion, ShownText } from "./setup-types.js";
import { SETUP_STYLE } from "./setup-style.js";

const STYLE_HASH = createHash("sha256").update(SETUP_STYLE).digest("base64");

/** How often a page that waits asks again, in seconds. */
const REFRESH_SECONDS = 2;
/** More choices than these are a list that opens. */
const MOST_SHOWN = 12;

/** Returns the headers of every answer. `embedIn`: the one origin that may show the page in a frame. */
export const setupHeaders = (embedIn: string | undefined): Readonly<Record<string, string>> => ({
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${embedIn ?? "'none'"}`,
  ].join("; "),
  "cache-control": "no-store",
  // Not `no-referrer`: browsers would send `Origin: null` with our own form (Fetch Standard, "append a request Origin header").
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  ...(embedIn === undefined && { "x-frame-options": "DENY" }),
});

/** Addresses of sign-ins are long: where they lead is told, and the link has the rest. */
const MOST_OF_ADDRESS = 80;

const shorten = (address: string): string =>
  address.length > MOST_OF_ADDRESS ? `${address.slice(0, MOST_OF_ADDRESS)}…` : address;

const show = (text: string): string => escapeHtml(display(text));
const showLines = (text: string): string => text.trimEnd().split("\n").map(show).join("\n");

const paragraph = (text: string): string => {
  // Only an address that stands alone, or ends the sentence's own clause, becomes a link, and only one of the web's.
  const marked = text.split(/(https?:\/\/[\x21-\x7e]+)/).map((part, i) => {
    const address = i % 2 === 1 ? part.replace(/[,.;:]+$/, "") : "";
    const url = address === "" ? undefined : readWebUrl(address);
    if (url === undefined) return show(part);
    const link = `<a href="${escapeHtml(url.href)}" target="_blank" rel="noopener noreferrer">${show(shorten(address))}</a>`;
    return `${link}${show(part.slice(address.length))}`;
  });
  return `<p>${marked.join("")}</p>`;
};

const problemBox = ({ message, hint }: SetupProblem): string =>
  `<div class="problem" role="alert"><strong>${show(message)}</strong><span>${show(hint)}</span></div>`;

const shownBox = ({ title, text, fileName }: ShownText, place: string): string => {
  const download =
    fileName === undefined
      ? ""
      : ` <a class="file" href="${escapeHtml(place)}" download="${escapeHtml(fileName)}">Save as a file</a>`;
  return `<figure><figcaption>${show(title)}${download}</figcaption><pre>${showLines(text)}</pre></figure>`;
};

const hintOf = (hint: string | undefined): string => (hint === undefined ? "" : `<small>${show(hint)}</small>`);

const radio = ({ name, label, choices = [], value: chosen }: SetupField): string => {
  const options = choices.map(
    ({ value, label: text, hint }) =>
      `<label class="option"><input type="radio" name="f.${escapeHtml(name)}" value="${escapeHtml(value)}" required${value === chosen ? " checked" : ""}>` +
      `<span>${show(text)}${hintOf(hint)}</span></label>`,
  );
  return `<fieldset><legend>${show(label)}</legend>${options.join("")}</fieldset>`;
};

const select = ({ name, label, choices = [] }: SetupField): string => {
  const options = choices.map(
    ({ value, label: text, hint }) =>
      `<option value="${escapeHtml(value)}">${show(hint === undefined ? text : `${text}, ${hint}`)}</option>`,
  );
  return `<label class="field">${show(label)}<select name="f.${escapeHtml(name)}" size="12" required>${options.join("")}</select></label>`;
};

const fieldOf = (field: SetupField): string => {
  if (field.kind === "choice") return (field.choices?.length ?? 0) > MOST_SHOWN ? select(field) : radio(field);
  const type = field.kind === "secret" ? "password" : "text";
  // A secret never comes back in a page, whatever is in the field.
  const value = field.kind === "secret" ? "" : ` value="${escapeHtml(field.value ?? "")}"`;
  return (
    `<label class="field">${show(field.label)}${hintOf(field.hint)}` +
    `<input type="${type}" name="f.${escapeHtml(field.name)}"${value} required maxlength="2000" autocomplete="off" autocapitalize="off" spellcheck="false"></label>`
  );
};

/** What the person should know meanwhile; lines that draw a QR code become one. */
const toldBox = (told: readonly string[]): string => {
  if (told.length === 0) return "";
  const rows = told.filter(isQrLine);
  const first = told.findIndex(isQrLine);
  const parts = told.map((line, i) => {
    if (i === first) return drawQr(rows);
    if (isQrLine(line)) return "";
    return line.startsWith("    ") ? `<p class="code">${show(line.trim())}</p>` : paragraph(line);
  });
  return `<section class="told">${parts.join("")}</section>`;
};

const button = (name: string, label: string, more = ""): string =>
  `<button name="do" value="${name}"${more}>${show(label)}</button>`;

const stopButton = button("stop", "Stop the setup", ' class="quiet" formnovalidate');

const questionPage = (id: string, question: SetupQuestion, told: readonly string[]): string => {
  const { words, shown, fields, problem, action, canGoBack } = question;
  const texts = shown.map((text, i) => shownBox(text, `text/${i}`)).join("");
  const back = canGoBack ? button("back", "Choose another way", ' class="quiet" formnovalidate') : "";
  return (
    `${words.map(paragraph).join("")}${problem === undefined ? "" : problemBox(problem)}${toldBox(told)}${texts}` +
    `<form method="post" action="./" autocomplete="off"><input type="hidden" name="step" value="${escapeHtml(id)}">` +
    `${fields.map(fieldOf).join("")}<p class="buttons">${button("answer", action, ' class="main"')}${back}${stopButton}</p></form>`
  );
};

const workPage = (told: readonly string[]): string =>
  `<div class="bar" role="progressbar" aria-label="working"></div>${toldBox(told)}` +
  `<form method="post" action="./"><input type="hidden" name="step" value="work"><p class="buttons">${stopButton}</p></form>`;

const endPage = ({ words, shown, problem }: SetupEnd): string =>
  `${words.map(paragraph).join("")}${problem === undefined ? "" : problemBox(problem)}` +
  `${shown.map((text) => shownBox({ title: text.title, text: text.text }, "")).join("")}<p>You may close this window.</p>`;

const page = (title: string, toolName: string, body: string, head = ""): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}` +
  `<title>${show(title)}</title><style>${SETUP_STYLE}</style></head><body><main><p class="tool">${show(toolName)}</p>` +
  `<h1>${show(title)}</h1>${body}</main></body></html>`;

/** Returns the page of a view. */
export const renderSetupPage = (view: PageView, toolName: string): string => {
  switch (view.kind) {
    case "question":
      return page(view.question.title, toolName, questionPage(view.id, view.question, view.told));
    case "work":
      return page(
        view.title,
        toolName,
        workPage(view.told),
        `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`,
      );
    case "end":
      return page(view.end.title, toolName, endPage(view.end));
  }
};

/** Returns the page of a refusal: it says why, and repeats nothing of the request. */
export const renderRefusal = (why: string): string =>
  page("Not here", "setup", `<p>${show(why[0]?.toUpperCase() ?? "")}${show(why.slice(1))}.</p>`);
