// Applies the form's values to the widget as they change, and shows the HTML and CSS that do the same.

const ids = ["controls", "chat", "code", "copy", "copied"];
const [form, chat, code, copy, copied] = ids.map((id) => document.getElementById(id));

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
copy.addEventListener("click", copyCode);
await customElements.whenDefined("saywhere-chat");
apply();

/** Passes a picked colour to its text field, and every value to the widget; pickers show the colours in use. */
function apply(event) {
  const picker = event?.target.dataset?.for;
  if (picker) form.elements[picker].value = event.target.value;
  const values = [...new FormData(form)].filter(([, value]) => value !== "");
  for (const { name } of form.elements) if (name) set(name, form.elements[name].value);
  for (const input of form.querySelectorAll("[data-for]")) input.value = colourInUse(input.dataset.for);
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

async function copyCode() {
  try {
    await navigator.clipboard.writeText(code.textContent);
    copied.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(code); // without TLS there is no clipboard API
    copied.textContent = document.execCommand("copy") ? "Copied." : "Press Ctrl+C to copy the marked code.";
  }
}

/** As #rrggbb: the colour that the widget paints for an attribute or custom property. */
function colourInUse(name) {
  const property = name === "accent" ? "--accent" : name.replace("saywhere-", "");
  const probe = chat.shadowRoot.querySelector(".root").appendChild(document.createElement("i"));
  probe.style.color = `var(${property})`;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  canvas.fillRect(0, 0, 1, 1);
  const channels = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function escapeHtml(value) {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
