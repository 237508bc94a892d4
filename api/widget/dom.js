// Elements out of names, attributes and text. Text is only ever a text node, never markup.

/** An element. Props that are functions listen; true is an empty attribute; null and false are none. */
export function h(name, props = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const PATHS = {
  ask: "M4 4h16v12H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  down: "M7 4v10l4 6c2 0 2-1 2-3v-3h5l1-2V6l-2-2zM4 4v10",
  fresh: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  up: "M7 20V10l4-6c2 0 2 1 2 3v3h5l1 2v6l-2 2zM4 20V10",
};

/** A picture beside a name that is said in words. */
export function icon(name) {
  const svg = (tag, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const drawn = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon", "data-icon": name });
  drawn.append(svg("path", { d: PATHS[name] }));
  return drawn;
}

/** A button with a picture for a face and words for a name. */
export function iconButton(name, label, click, props = {}) {
  return h("button", { type: "button", "aria-label": label, title: label, click, ...props }, icon(name));
}
