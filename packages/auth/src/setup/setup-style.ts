// How the setup's page looks. One text, so that its hash in the content security policy is of exactly this.

/** The page's only style. */
export const SETUP_STYLE: string = [
  ":root{color-scheme:light dark;--line:#d5d9e0;--soft:#f5f6f8;--ink:#1c2430;--dim:#5b6675;--main:#1f5fbf;--bad:#b3261e;--badsoft:#fdf0ef}",
  "@media(prefers-color-scheme:dark){:root{--line:#3a4350;--soft:#1d242e;--ink:#e8ebf0;--dim:#a3adba;--main:#7fb0ff;--bad:#ff9c94;--badsoft:#3a1f1d}body{background:#141a22}}",
  "*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);margin:0}",
  "main{max-width:42rem;margin:8vh auto;padding:0 1.25rem 3rem}h1{font-size:1.6rem;line-height:1.25;margin:.1rem 0 1rem}",
  ".tool{color:var(--dim);margin:0;font-size:.9rem;letter-spacing:.02em}p{overflow-wrap:anywhere}a{color:var(--main)}",
  "fieldset{border:0;margin:1.25rem 0;padding:0}legend,.field{font-weight:600}legend{padding:0;margin-bottom:.4rem}",
  ".option{display:flex;gap:.75rem;border:1px solid var(--line);border-radius:.5rem;padding:.75rem .9rem;margin:.5rem 0;cursor:pointer}",
  ".option:has(input:checked){border-color:var(--main);box-shadow:inset 0 0 0 1px var(--main)}.option input{margin:.3rem 0 0}",
  ".option span{overflow-wrap:anywhere;min-width:0}small{display:block;color:var(--dim);font-weight:400;font-size:.88rem}",
  ".field{display:block;margin:1.1rem 0}.field input,.field select{display:block;width:100%;margin-top:.35rem;font:inherit;font-weight:400;padding:.55rem .7rem;border:1px solid var(--line);border-radius:.4rem;background:transparent;color:inherit}",
  "figure{margin:1.1rem 0}figcaption{font-size:.88rem;color:var(--dim);margin-bottom:.3rem;overflow-wrap:anywhere}.file{float:right}",
  "pre{background:var(--soft);border:1px solid var(--line);border-radius:.5rem;padding:.75rem .9rem;margin:0;overflow:auto;max-height:20rem;font:.85rem/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}",
  ".problem strong{display:block}.problem strong::first-letter,.problem span::first-letter{text-transform:uppercase}.problem span{display:block}.problem{border-left:4px solid var(--bad);background:var(--badsoft);padding:.7rem 1rem;margin:1rem 0;border-radius:.25rem;overflow-wrap:anywhere}",
  ".buttons{display:flex;flex-wrap:wrap;gap:.6rem;margin:1.5rem 0 0}button{font:inherit;padding:.55rem 1.1rem;border-radius:.4rem;border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer}",
  ".main{background:#1f5fbf;border-color:#1f5fbf;color:#fff;font-weight:600}.quiet{border-color:transparent;color:var(--dim);text-decoration:underline;padding:.55rem .4rem}",
  "button:focus-visible,input:focus-visible,select:focus-visible,a:focus-visible{outline:3px solid var(--main);outline-offset:2px}",
  ".told{font-size:.95rem}.code{font:600 1.6rem/1 ui-monospace,monospace;letter-spacing:.12em}.qr{width:13rem;height:13rem;background:#fff;fill:#000;shape-rendering:crispEdges;border-radius:.4rem}",
  ".bar{height:4px;border-radius:2px;background:linear-gradient(90deg,var(--main) 30%,var(--line) 30%);background-size:200% 100%;animation:go 1.6s linear infinite}",
  "@keyframes go{from{background-position:100% 0}to{background-position:-100% 0}}@media(prefers-reduced-motion:reduce){.bar{animation:none}}",
].join("");
