// A person at the AWS console, without a browser: follows the launch link, keeps cookies, fills in forms and sends them.
// The same pages work in a browser; test/browser walks through them with one.

/**
 * Opens a visitor at a sandbox's console.
 * @param {string} endpoint
 */
export function visitConsole(endpoint) {
  const cookies = new Map();

  async function request(path, init = {}) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie === "" ? {} : { cookie }), ...init.headers };
    const answer = await fetch(new URL(path, endpoint), { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined) cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location === null) return { status: answer.status, page: await answer.text() };
    return request(location);
  }

  const send = (action, fields) =>
    request(action, {
      method: "POST",
      headers: { origin: new URL(endpoint).origin, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });

  return {
    /** Follows a link as a browser does: the part behind the # is handed over by the page's script. */
    open(link) {
      const { searchParams, hash } = new URL(link);
      const query = new URLSearchParams({ region: searchParams.get("region") ?? "", link: hash });
      return request(`/_console/open?${query}`);
    },
    signIn: ({ page }, { accessKeyId, secretAccessKey }) =>
      send(formIn(page).action, { ...formIn(page).fields, accessKeyId, secretAccessKey }),
    /** Sends the page's form as it stands, with `typed` over it. Rejects with CloudFormation's code when it is refused. */
    async submit({ page }, typed) {
      const { action, fields } = formIn(page);
      const answer = await send(action, { ...fields, ...typed });
      const refused = /<div class="error"[^]*?<h2>([^<]*)<\/h2>\s*<p class="message">([^<]*)<\/p>/.exec(answer.page);
      if (refused === null) return answer;
      throw Object.assign(new Error(plain(refused[2])), { name: plain(refused[1]) });
    },
  };
}

/** The form with which a page asks for something: the one that is sent and does not sign out. */
function formIn(page) {
  const forms = [...page.matchAll(/<form\s[^>]*method="post"[^>]*action="([^"]*)"[^>]*>([^]*?)<\/form>/g)];
  const [, action = "", body = ""] = forms.find(([, target]) => !target.endsWith("signout")) ?? [];
  const fields = {};
  for (const [tag] of body.matchAll(/<input\s[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1];
    if (name === undefined || (tag.includes('type="checkbox"') && !tag.includes(" checked"))) continue;
    fields[name] = plain(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? "");
  }
  for (const [, name, options] of body.matchAll(/<select\s[^>]*name="([^"]*)"[^>]*>([^]*?)<\/select>/g)) {
    fields[name] = plain(/<option\s+value="([^"]*)"\s+selected/.exec(options)?.[1] ?? "");
  }
  return { action, fields };
}

function plain(text) {
  const characters = { lt: "<", gt: ">", quot: '"', "#39": "'", "#96": "`", amp: "&" };
  return text.replace(/&(lt|gt|quot|#39|#96|amp);/g, (_, name) => characters[name]);
}
