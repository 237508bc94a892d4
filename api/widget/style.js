// The widget's style, as a constructed sheet: style elements and attributes are refused by strict policies.
// `all: initial` on the root keeps out inherited properties of the page.

const css = `
:host { display: contents; }
:host([mode="inline"]) { display: block; block-size: var(--saywhere-height, 36rem); }
:host([hidden]) { display: none; }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.root {
  all: initial;
  --ground: var(--saywhere-ground, light-dark(#ffffff, #17191d));
  --ink: var(--saywhere-ink, light-dark(#1b1d21, #e9eaec));
  --muted: color-mix(in srgb, var(--ink) 74%, var(--ground));
  --line: color-mix(in srgb, var(--ink) 16%, var(--ground));
  --edge: color-mix(in srgb, var(--ink) 52%, var(--ground));
  --surface: color-mix(in srgb, var(--ink) 6%, var(--ground));
  --accent: var(--saywhere-accent, light-dark(#0a58a8, #8cbcff));
  --on-accent: var(--saywhere-on-accent, #fff);
  --mark: var(--saywhere-mark, light-dark(#ffe58a, #665000));
  --warn: light-dark(#a3341b, #ff9d87);
  --radius: var(--saywhere-radius, 14px);
  color: var(--ink);
  color-scheme: light dark;
  font: var(--saywhere-font-size, 16px)/1.5 var(--saywhere-font, system-ui, sans-serif);
  overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100%;
}
.root[data-theme="light"] { color-scheme: light; }
.root[data-theme="dark"] { color-scheme: dark; }
.root[data-theme="page"] { color-scheme: inherit; }
.root[data-mode="inline"] { display: block; block-size: 100%; }
button, textarea { color: inherit; font: inherit; margin: 0; }
button { background: none; border: 0; border-radius: 8px; cursor: pointer; padding: 0; }
p, ol, ul, h2, h3, blockquote { margin: 0; padding: 0; }
p, h2, h3 { unicode-bidi: plaintext; }
ol, ul { list-style: none; }
a { color: inherit; text-decoration: underline; text-decoration-color: var(--edge); text-underline-offset: .18em; }
a:hover { text-decoration-color: currentcolor; text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
.visually-hidden { block-size: 1px; clip-path: inset(50%); inline-size: 1px; overflow: hidden; position: absolute; white-space: nowrap; }
.icon { block-size: 20px; display: block; fill: none; inline-size: 20px; stroke: currentcolor; stroke-linecap: round;
  stroke-linejoin: round; stroke-width: 1.75; }
[data-icon="stop"] { fill: currentcolor; }

.launcher {
  align-items: center; background: var(--accent); border: 1px solid transparent; border-radius: 999px;
  bottom: calc(20px + env(safe-area-inset-bottom)); box-shadow: 0 2px 6px #0003, 0 8px 24px #0003; color: var(--on-accent);
  display: inline-flex; font-weight: 600; gap: 10px; inset-inline-end: 20px; min-block-size: 52px; padding-inline: 18px 22px;
  position: fixed; z-index: var(--saywhere-z-index, 2147483000);
}
.launcher:hover { filter: brightness(1.08); }
[data-position="start"] .launcher { inset-inline: 20px auto; }
.dialog {
  background: none; block-size: min(var(--saywhere-height, 40rem), 100dvh - 40px); border: 0; bottom: 20px; color: inherit;
  inline-size: min(var(--saywhere-width, 26rem), 100vw - 40px); inset-block: auto 20px; inset-inline: auto 20px; margin: 0;
  max-block-size: none; max-inline-size: none; overflow: visible; padding: 0; position: fixed;
}
[data-position="start"] .dialog { inset-inline: 20px auto; }
.dialog .panel { box-shadow: 0 4px 12px #0002, 0 16px 48px #0004; }
.dialog::backdrop { background: none; }

.panel {
  background: var(--ground); block-size: 100%; border: 1px solid var(--line); border-radius: var(--radius); color: var(--ink);
  display: flex; flex-direction: column; overflow: hidden; position: relative;
}
.head { align-items: center; border-block-end: 1px solid var(--line); display: flex; flex: none; gap: 4px; min-block-size: 56px;
  padding-inline: 18px 8px; }
.title { flex: 1; font-size: 1em; font-weight: 650; line-height: 1.3; }
.head button { block-size: 40px; display: grid; inline-size: 40px; place-items: center; }
.head button:hover, .actions button:hover { background: var(--surface); }
.scroller { flex: 1; min-block-size: 0; outline-offset: -2px; overflow: hidden auto; overscroll-behavior: contain;
  padding: 18px; position: relative; }

.greeting { color: var(--muted); margin-block-end: 16px; }
.suggestions { display: grid; gap: 8px; justify-items: start; }
.suggestion { border: 1px solid var(--edge); border-radius: 18px; line-height: 1.35; min-block-size: 36px; padding: 7px 14px;
  text-align: start; }
.suggestion:hover { background: var(--surface); }

.turn + .turn { border-block-start: 1px solid var(--line); margin-block-start: 20px; padding-block-start: 20px; }
.question { background: var(--surface); border-radius: 16px; border-end-end-radius: 4px; inline-size: fit-content; margin-block-end: 16px;
  margin-inline-start: auto; max-inline-size: 88%; padding: 8px 14px; white-space: pre-wrap; }
.answer { font-size: 1.5em; font-weight: 650; letter-spacing: -.01em; line-height: 1.25; text-wrap: balance; }
.muted { color: var(--muted); font-size: .875em; }
.statement { margin-block-start: 8px; }
.certainty { align-items: center; color: var(--muted); display: flex; font-size: .875em; font-weight: 600; gap: 6px;
  inline-size: fit-content; margin-block-end: 8px; }
.certainty .icon { block-size: 18px; flex: none; inline-size: 18px; }
.likely { border: 1px dashed var(--edge); border-radius: 8px; color: var(--ink); padding: 3px 10px 3px 6px; }
h3 { font-size: 1em; font-weight: 650; }
.quoted:not(:empty), blockquote { border-inline-start: 3px solid var(--line); padding-inline-start: 12px; }
.quoted { margin-block-start: 10px; }
.sides .quoted { border: 0; margin-block-start: 6px; padding: 0; }
.evidence > :first-child { margin-block-start: 0; }
.items { list-style: disc; padding-inline-start: 1.5em; }
.evidence .items { margin-block-start: 8px; }
ol.items { list-style: decimal; }
.items > li { margin-block-start: 4px; }
.items > li::marker { color: var(--muted); }
pre { background: var(--surface); border-radius: 8px; font: .8125em/1.5 ui-monospace, monospace; margin: 0 0 4px; padding: 8px 12px;
  tab-size: 4; white-space: pre-wrap; }
.row { border: 1px solid var(--line); border-radius: 10px; display: grid; gap: 2px 14px; grid-template-columns: minmax(4em, auto) 1fr;
  margin: 8px 0 0; padding: 8px 12px; }
.row > div { display: contents; }
dt { color: var(--muted); font-size: .875em; line-height: 1.71; }
dd { margin: 0; }
.missing { font-size: .875em; margin-block-start: 12px; }
.answer, .statement, .certainty, .sources, .unanswered { animation: appear .25s ease-out; }
@keyframes appear { from { opacity: 0; translate: 0 4px; } }
.working { animation: appear .3s .15s both, pulse 1.6s .5s ease-in-out infinite alternate; color: var(--muted); }
@keyframes pulse { to { opacity: .72; } }

.number {
  background: var(--surface); border: 1px solid var(--edge); border-radius: 6px; font-size: .75em; font-weight: 600; line-height: 1.5;
  margin-inline: 1px 3px; min-block-size: 24px; min-inline-size: 24px; padding-inline: 5px; vertical-align: .12em;
}
.number:hover, .number[aria-expanded="true"] { background: var(--accent); border-color: transparent; color: var(--on-accent); }
.heading { color: var(--muted); font-size: .8125em; font-weight: 600; margin-block: 18px 8px; }
.sources { display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr); }
.sources li { align-items: baseline; display: flex; flex-wrap: wrap; font-size: .875em; gap: 4px; }
.sources a { display: inline-flex; max-inline-size: 100%; text-decoration: none; }
.sources .place { flex: 1 1 8em; font-size: 1em; margin-inline-end: 6px; }
.sources a:not(:has(.quote)) { order: -1; }
.label { display: inline-flex; gap: 8px; max-inline-size: 100%; min-inline-size: 0; }
.quote { overflow: hidden; text-decoration: underline; text-decoration-color: var(--edge); text-overflow: ellipsis; white-space: nowrap; }
.sources li > :has(.quote) { flex: 0 1 100%; }
.index { border: 1px solid var(--edge); border-radius: 6px; flex: none; font-weight: 600; min-block-size: 24px; min-inline-size: 24px;
  padding-inline: 6px; text-align: center; }
a:hover .index { background: var(--surface); }
.place { display: block; font-size: .875em; line-height: 1.5; }
.step { color: var(--muted); }
.step::before { content: " › "; }
.actions { align-items: center; display: flex; flex-wrap: wrap; gap: 2px; margin-block-start: 12px; margin-inline-start: -8px; }
.actions button { block-size: 36px; color: var(--muted); display: grid; min-inline-size: 36px; place-items: center; }
.actions .more { font-size: .875em; font-weight: 600; padding-inline: 8px; }
.turn:not(:last-child) .more { display: none; }
.actions button[aria-pressed="true"] { background: var(--surface); color: var(--ink); }
.actions [aria-pressed="true"] .icon { fill: color-mix(in srgb, var(--accent) 40%, transparent); }
.status { color: var(--muted); font-size: .875em; margin-inline-start: 6px; }
.note { scroll-margin-block-end: 18px; align-items: end; display: flex; flex-wrap: wrap; font-size: .875em; gap: 8px; margin-block-start: 8px; }
.note p { flex: 1 0 100%; font-weight: 600; }
.note textarea { flex: 1 0 calc(100% - 6rem); }
textarea { background: var(--ground); border: 1px solid var(--edge); border-radius: 10px; padding: 9px 12px; resize: none; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.plain { border: 1px solid var(--edge); border-radius: 10px; font-weight: 600; min-block-size: 36px; padding: 6px 14px; }
.plain:hover { background: var(--surface); }

.unanswered { font-size: 1.1875em; font-weight: 650; line-height: 1.3; }
.passages { display: grid; gap: 16px; margin-block-start: 12px; }
blockquote { margin-block-start: 4px; }
blockquote, .context { display: grid; gap: 6px; white-space: pre-line; }
blockquote .row, .context .row { margin: 0; }
.plain + .suggestions { margin-block-start: 16px; }
.asked { margin-block-end: 8px; }
.asked .plain { font-size: 1em; min-block-size: 26px; padding: 2px 8px; }
.tip { color: var(--muted); font-size: .875em; margin-block: 16px 10px; }
.sides { display: grid; gap: 10px; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); }
.sides li { border: 1px solid var(--edge); border-radius: 10px; padding: 12px; }
.value { font-size: 1.1875em; font-weight: 650; line-height: 1.3; }
.sides .statement { font-size: .875em; }
.sides .place { color: var(--muted); font-size: .8125em; margin-block-start: 6px; }
.notice { border-inline-start: 3px solid var(--warn); display: grid; gap: 8px; justify-items: start; padding: 4px 0 4px 12px; }

.form { align-items: end; border-block-start: 1px solid var(--line); display: flex; flex: none; gap: 8px; padding: 12px; }
.field:focus-visible { outline-offset: -1px; }
.field { flex: 1; line-height: 1.4; max-block-size: 9.5em; min-block-size: 44px; min-inline-size: 0; overflow-y: auto; }
.send { background: var(--accent); block-size: 44px; border: 1px solid transparent; border-radius: 10px; color: var(--on-accent);
  display: grid; flex: none; inline-size: 44px; place-items: center; }
.send:hover { filter: brightness(1.08); }

.card {
  background: var(--ground); border: 1px solid var(--edge); border-radius: 12px; box-shadow: 0 4px 12px #0002, 0 12px 36px #0004;
  color: var(--ink); inline-size: min(23rem, 100vw - 16px); inset: auto; margin: 0; max-block-size: min(20rem, 60vh);
  overflow: auto; padding: 14px 16px; position: fixed; text-align: start; white-space: normal;
}
.card:popover-open { display: grid; gap: 10px; }
.context { color: var(--muted); font-size: .9375em; }
mark { background: var(--mark); border-radius: 2px; color: var(--ink); padding-block: 1px; }
.links { display: flex; flex-wrap: wrap; font-size: .875em; font-weight: 600; gap: 6px 16px; }

@media (max-width: 480px) {
  .launcher { min-inline-size: 52px; }
  .dialog, [data-position] .dialog { block-size: 100dvh; inline-size: 100vw; inset: 0; }
  .dialog .panel { border: 0; border-radius: 0; padding-block: env(safe-area-inset-top) env(safe-area-inset-bottom); }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
@media (forced-colors: active) {
  .send, .launcher { border-color: ButtonText; }
  .number[aria-expanded="true"], .actions button[aria-pressed="true"] { outline: 2px solid Highlight; }
}
`;

export const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
