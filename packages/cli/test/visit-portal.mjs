#!/usr/bin/env node
// A browser without a window, and the person before it: signs in to the sandbox's access portal as ada and allows, or
// denies. argv: the address, and `deny` for a no.
const [address, decision = "allow"] = process.argv.slice(2);
const cookies = new Map();

async function visit(url, form) {
  const to = new URL(url);
  const answer = await fetch(to, {
    redirect: "manual",
    headers: {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      ...(form && { origin: to.origin, "content-type": "application/x-www-form-urlencoded" }),
    },
    ...(form && { method: "POST", body: new URLSearchParams(form).toString() }),
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [name, value] = cookie.split(";")[0].split("=");
    cookies.set(name, value);
  }
  const location = answer.headers.get("location");
  if (location !== null) return visit(new URL(location, to));
  return { url: to, text: await answer.text() };
}

const unescape = (text) =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
const fieldsOf = (html) =>
  Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name,
      unescape(value),
    ]),
  );

let page = await visit(address);
if (page.text.includes("Sign in as ada")) {
  page = await visit(new URL("/start/signin", page.url), { ...fieldsOf(page.text), user: "ada" });
}
const [, action] = /<form method="post" action="(\/start\/(?:device|authorize))"/.exec(page.text) ?? [];
if (action === undefined) throw new Error("no page that asks for a decision");
await visit(new URL(action, page.url), { ...fieldsOf(page.text), decision });
