// Puts what is chosen on the widget as it is chosen, and shows the lines that do the same elsewhere.

const [knobs, chat, lines] = ["knobs", "chat", "lines"].map((id) => document.getElementById(id));

knobs.addEventListener("input", apply);
knobs.addEventListener("submit", (event) => event.preventDefault());
apply();

function apply() {
  const chosen = [...new FormData(knobs)].filter(([, value]) => value !== "");
  for (const { name } of knobs.elements) set(name, knobs.elements[name].value);
  lines.textContent = embedding(chosen.filter(([name]) => name !== "dir"));
}

function set(name, value) {
  if (name === "dir") document.documentElement.dir = value;
  else if (name.startsWith("--")) chat.style.setProperty(name, value);
  else if (value === "") chat.removeAttribute(name);
  else if (chat.getAttribute(name) !== value) chat.setAttribute(name, value);
}

function embedding(chosen) {
  const attributes = chosen.filter(([name, value]) => !name.startsWith("--") && value !== "launcher");
  const rules = chosen.filter(([name]) => name.startsWith("--"));
  const tag = ["<saywhere-chat", ...attributes.map(([name, value]) => `${name}="${escaped(value)}"`)].join("\n  ");
  const style = rules.map(([name, value]) => `  ${name}: ${value};`).join("\n");
  return [
    `<script type="module" src="${location.origin}/widget.js"></script>`,
    `${tag}></saywhere-chat>`,
    ...(style ? [`\n/* in your style sheet */\nsaywhere-chat {\n${style}\n}`] : []),
  ].join("\n");
}

function escaped(value) {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
