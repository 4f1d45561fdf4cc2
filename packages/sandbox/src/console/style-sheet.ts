// How the console looks: the system's own fonts and colours, light and dark, from 320 pixels up. Nothing is loaded.

/** Served as `/_console/console.css`. */
export const STYLE_SHEET = `:root{color-scheme:light dark;--ink:#16191f;--soft:#4d5866;--line:#c9d0d8;--field:#6f7b89;--ground:#f3f5f7;--card:#fff;--top:#1b2a3d;--accent:#0b5cad;--on-accent:#fff;--good:#1a6e2e;--bad:#b3190f;--busy:#0b5cad;--warn:#6b4400;--warn-ground:#fff5dc;--warn-line:#d9a53a;--bad-ground:#fdf0ef}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaef;--soft:#a9b4c0;--line:#3a4654;--field:#7f8c9a;--ground:#10161e;--card:#18212c;--top:#0a1018;--accent:#7cb8ff;--on-accent:#08182b;--good:#6fd388;--bad:#ff9389;--busy:#7cb8ff;--warn:#f3d088;--warn-ground:#2d2511;--warn-line:#8c6a1d;--bad-ground:#331a18}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:anywhere}
a{color:var(--accent)}
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:.5rem;top:.5rem;background:var(--card);padding:.5rem;z-index:1}
.top{display:flex;flex-wrap:wrap;gap:.4rem 1.5rem;align-items:center;background:var(--top);color:#f4f6f8;padding:.6rem 1.25rem}
.top a{color:#f4f6f8;text-decoration:none}.top a:hover{text-decoration:underline}.brand{font-size:1.1rem}
.top a:focus-visible,.top button:focus-visible{outline-color:#fff}
.top nav{display:flex;gap:1.1rem}
.who{display:flex;flex-wrap:wrap;gap:.2rem 1.25rem;margin:0 0 0 auto;font-size:.85rem}.who div{display:flex;gap:.4rem}.who dt{color:#b9c4d0}.who dd{margin:0}
.notice{margin:0;padding:.3rem 1.25rem;background:var(--warn-ground);color:var(--warn);border-bottom:1px solid var(--warn-line);font-size:.85rem}
main{max-width:62rem;margin:0 auto;padding:1.25rem}
.narrow{max-width:28rem;margin:2rem auto}
h1{font-size:1.6rem;line-height:1.25;margin:.25rem 0 1rem}h2{font-size:1.15rem;margin:0 0 .6rem}h3{font-size:1rem;margin:1.1rem 0 .4rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.1rem 1.25rem;margin:0 0 1.1rem}
.soft{color:var(--soft)}.small{font-size:.85rem}
.field{margin:0 0 1.1rem}.card>:last-child,.error>:last-child{margin-bottom:0}.field label{display:block;font-weight:600}.field .soft{margin:.1rem 0 .3rem;font-size:.87rem}
input[type=text],input[type=password],select{width:100%;max-width:40rem;font:inherit;color:inherit;background:var(--card);border:1px solid var(--field);border-radius:8px;padding:.4rem .6rem}
input.region{max-width:11rem}
[aria-invalid=true]{border:2px solid var(--bad)!important}
.check{display:flex;gap:.6rem;align-items:flex-start}.check input{margin:.3rem 0 0;width:1.05rem;height:1.05rem;flex:none}
.choice{margin:.4rem 0}
button,.button{display:inline-block;font:inherit;font-weight:600;border-radius:18px;border:2px solid var(--accent);padding:.3rem 1.15rem;background:transparent;color:var(--accent);cursor:pointer;text-decoration:none}
button.primary,.button.primary{background:var(--accent);color:var(--on-accent)}
button.danger{background:var(--bad);border-color:var(--bad);color:var(--card)}
button.quiet{border:1px solid #b9c4d0;color:#f4f6f8;padding:.1rem .8rem;font-weight:400}
button.small{padding:0 .7rem;font-size:.8rem;border-width:1px}
.actions{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center;margin:0 0 1rem}.end{justify-content:flex-end;margin:1rem 0 0}
.error{border:2px solid var(--bad);background:var(--bad-ground);border-radius:12px;padding:.9rem 1.1rem;margin:0 0 1.1rem}.error h2{color:var(--bad);margin:0 0 .2rem}.error p{margin:.2rem 0}
.message,.lines{white-space:pre-wrap}
.caution{border:1px solid var(--warn-line);background:var(--warn-ground);border-radius:8px;padding:.8rem 1rem}.caution p{margin:0 0 .6rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line);unicode-bidi:isolate}
th{font-size:.85rem;color:var(--soft);white-space:nowrap}th,td{min-width:6rem}td:has(.small){min-width:13rem}.short{white-space:nowrap}tr:last-child td{border-bottom:0}
td .reason{color:var(--soft);font-size:.87rem;margin:.1rem 0 0}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.8rem 1.5rem;margin:0}.facts dt{color:var(--soft);font-size:.85rem}.facts dd{margin:0;unicode-bidi:isolate}.facts .wide{grid-column:1/-1}
.state{font-weight:600;white-space:nowrap}.state::before{content:"● "}.state.good{color:var(--good)}.state.good::before{content:"✓ "}.state.bad{color:var(--bad)}.state.bad::before{content:"✕ "}.state.busy{color:var(--busy)}.state.busy::before{content:"◌ "}.state.plain{color:var(--soft)}
code,pre,.value{font:.87rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--ground);border-radius:8px;padding:.7rem .9rem;margin:.5rem 0}
.value{user-select:all}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--accent);font-weight:600}
.statement{border-left:4px solid var(--line);padding:.1rem 0 .1rem .9rem;margin:.7rem 0}.statement.allow{border-color:var(--good)}.statement.deny{border-color:var(--bad)}
.statement p{margin:0 0 .3rem}.statement dl{display:grid;grid-template-columns:8rem 1fr;gap:.15rem .8rem;margin:0}.statement dt{color:var(--soft)}.statement dd{margin:0;min-width:0}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:68rem){.top form{margin-left:auto}.who{order:1;width:100%;margin:0}}
@media (max-width:40rem){main{padding:.8rem}.top{padding:.6rem .8rem}.notice{padding:.3rem .8rem}.card{padding:.9rem}.statement dl{grid-template-columns:1fr}.statement dd{margin:0 0 .3rem}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}tr:last-child{border-bottom:0}td{display:block;border:0;padding:.1rem 0}td[data-label]::before{content:attr(data-label) ": ";color:var(--soft);font-size:.85rem}th,td,td:has(.small){min-width:0}.short{white-space:normal}.end{justify-content:stretch}.end>*{flex:1;text-align:center}}
@media (prefers-reduced-motion:no-preference){#status .busy::before{animation:pulse 1.2s infinite alternate}@keyframes pulse{to{opacity:.3}}}
`;
