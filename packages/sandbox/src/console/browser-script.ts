// The pages' one script. It reads the link's fragment, which no server sees, keeps a stack's page fresh, copies outputs and
// moves the focus to a refusal. Everything else works without it. It writes only markup that this server escaped.

/** Served as `/_console/console.js`. */
export const BROWSER_SCRIPT = `"use strict";
(() => {
  const opening = document.querySelector("[data-open]");
  if (opening) {
    const region = new URLSearchParams(location.search).get("region") ?? "";
    const query = "region=" + encodeURIComponent(region) + "&link=" + encodeURIComponent(location.hash);
    location.replace(opening.dataset.open + "?" + query);
    return;
  }

  document.querySelector("[data-focus]")?.focus();
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected: press Ctrl+C";
    }
  });

  const live = document.getElementById("live");
  const announcement = document.getElementById("announcement");
  const trouble = document.getElementById("trouble");
  if (!live) return;
  const stateOf = () => live.querySelector("[data-state]")?.dataset ?? {};
  let shown = "";
  const refresh = async () => {
    try {
      const answer = await fetch(live.dataset.live, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) {
        trouble.textContent = "This page is not up to date any more: reload it.";
        return;
      }
      const text = await answer.text();
      trouble.textContent = "";
      if (text !== shown) {
        const before = stateOf().state;
        shown = text;
        live.innerHTML = text;
        for (const button of live.querySelectorAll("[data-copy]")) button.hidden = false;
        if (stateOf().state !== before) announcement.textContent = "Status: " + stateOf().state;
      }
    } catch {
      trouble.textContent = "The sandbox does not answer; trying again.";
    }
    if (stateOf().busy === "yes") setTimeout(refresh, 1000);
  };
  if (stateOf().busy === "yes") setTimeout(refresh, 1000);
})();
`;
