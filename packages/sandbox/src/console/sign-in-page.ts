// Signing in with an access key. The key travels in the body of a POST and is forgotten; the page that was asked for
// comes afterwards.
import type { HttpAnswer } from "../types.js";
import type { World } from "../world-types.js";
import { html } from "./html.js";
import { renderPublicPage } from "./render-page.js";

export interface SignInPage {
  readonly csrfToken: string;
  /** The page to go on to: a path of this console, with its query. */
  readonly next: string;
  /** Whether a key was refused just now. */
  readonly refused: boolean;
  /** The key id that was typed; the secret is never shown again. */
  readonly accessKeyId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns the form. What is wrong with a refused key is not told. */
export function signInPage(world: World, page: SignInPage): HttpAnswer {
  return renderPublicPage(world, {
    title: "Sign in",
    // Also the first time: the script that keeps a page fresh must not take this page for it.
    status: 403,
    headers: page.headers,
    body: html`<div class="narrow">
      <h1>Sign in</h1>
      ${
        page.refused &&
        html`<div class="error" role="alert" tabindex="-1" data-focus>
          <h2>You are not signed in</h2>
          <p>
            No active access key has this key ID and this secret. Check both, and that the key is of this sandbox: it
            makes new ones with every start.
          </p>
        </div>`
      }
      <form class="card" method="post" action="/_console/signin" autocomplete="off">
        <input type="hidden" name="csrf" value="${page.csrfToken}" /><input
          type="hidden"
          name="next"
          value="${page.next}"
        />
        <div class="field">
          <label for="accessKeyId">Access key ID</label>
          <input
            type="text"
            id="accessKeyId"
            name="accessKeyId"
            value="${page.accessKeyId}"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            required${page.refused ? html` aria-invalid="true"` : ""}
          />
        </div>
        <div class="field">
          <label for="secretAccessKey">Secret access key</label>
          <input
            type="password"
            id="secretAccessKey"
            name="secretAccessKey"
            autocomplete="off"
            required${page.refused ? html` aria-invalid="true"` : ""}
          />
        </div>
        <div class="actions"><button class="primary">Sign in</button></div>
      </form>
      <p class="soft small">
        Any user's access key of this sandbox will do. <code>daypass-sandbox --show-keys customer</code> prints the key
        of an account's administrator.
      </p>
    </div>`,
  });
}
