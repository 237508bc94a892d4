// As much of a browser as the pages' scripts use: elements that keep what they are given.

const byId = new Map();
let submitted = () => {};

class FakeElement {
  constructor(name, id = "") {
    Object.assign(this, { name, id, className: "", href: "", children: [] });
  }
  set textContent(text) { this.children = [String(text)]; }
  get textContent() { return this.children.join(""); }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  scrollIntoView() {}
  addEventListener(_name, listener) { submitted = listener; }
  toString() {
    const id = this.id && ` id=${this.id}`;
    const href = this.href && ` href=${this.href}`;
    const kind = this.className && `.${this.className}`;
    return `<${this.name}${kind}${id}${href}>${this.children.join("")}</${this.name}>`;
  }
}

/** Makes the globals of a page at an address, where each path answers with a value. */
export function open(address, answers) {
  for (const [id, name] of [["title", "h1"], ["about", "p"], ["text", "div"], ["form", "form"], ["result", "p"]]) {
    byId.set(id, new FakeElement(name, id));
  }
  const [pathname, hash] = address.split("#");
  Object.assign(globalThis, {
    document: {
      getElementById: (id) => byId.get(id),
      createElement: (name) => new FakeElement(name),
    },
    location: { pathname, hash: hash === undefined ? "" : `#${hash}` },
    addEventListener: () => {},
    fetch: async (path) => {
      const body = answers[path];
      return { ok: (body.status ?? 200) < 400, json: async () => body };
    },
    submit: (text) => {
      byId.get("form").elements = { question: { value: text } };
      submitted({ preventDefault() {} });
    },
  });
}

/** The page as markup, once whatever it was doing is done. */
export async function shown() {
  await new Promise((resolve) => setTimeout(resolve));
  return [...byId.values()].join("\n");
}
