// Applies the form's values to the widget as they change, and shows the HTML and CSS that do the same.

const [form, chat, code] = ["controls", "chat", "code"].map((id) => document.getElementById(id));

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
apply();

function apply() {
  const values = [...new FormData(form)].filter(([, value]) => value !== "");
  for (const { name } of form.elements) set(name, form.elements[name].value);
  code.textContent = embedCode(values.filter(([name]) => name !== "dir"));
}

function set(name, value) {
  if (name === "dir") document.documentElement.dir = value;
  else if (name.startsWith("--")) chat.style.setProperty(name, value);
  else if (value === "") chat.removeAttribute(name);
  else if (chat.getAttribute(name) !== value) chat.setAttribute(name, value);
}

function embedCode(values) {
  const attributes = values.filter(([name, value]) => !name.startsWith("--") && value !== "launcher");
  const properties = values.filter(([name]) => name.startsWith("--"));
  const tag = ["<saywhere-chat", ...attributes.map(([name, value]) => `${name}="${escapeHtml(value)}"`)].join("\n  ");
  const rules = properties.map(([name, value]) => `  ${name}: ${value};`).join("\n");
  return [
    `<script type="module" src="${location.origin}/widget.js"></script>`,
    `${tag}></saywhere-chat>`,
    ...(rules ? [`\n/* in your style sheet */\nsaywhere-chat {\n${rules}\n}`] : []),
  ].join("\n");
}

function escapeHtml(value) {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
