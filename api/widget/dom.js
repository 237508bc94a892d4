// Creates elements from names, attributes and text. Text becomes text nodes only, never markup.

/** An element. Props that are functions listen; true is an empty attribute; null and false are none. */
export function h(name, props = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const ICON_PATHS = {
  ask: "M4 4h16v12H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  down: "M7 4v10l4 6c2 0 2-1 2-3v-3h5l1-2V6l-2-2zM4 4v10",
  fresh: "M12 5v14M5 12h14",
  likely: "M12 3a9 9 0 1 0 .01 0zM9.4 9.2a2.7 2.7 0 1 1 3.9 2.6c-.9.5-1.3 1-1.3 2M12 16.9v.1",
  send: "M12 19V5M6 11l6-6 6 6",
  sure: "M5 13l5 5L20 7",
  stop: "M7 7h10v10H7z",
  up: "M7 20V10l4-6c2 0 2 1 2 3v3h5l1 2v6l-2 2zM4 20V10",
};

/** A decorative icon; its button or label has the words. */
export function icon(name) {
  const createSvg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const svg = createSvg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon", "data-icon": name });
  svg.append(createSvg("path", { d: ICON_PATHS[name] }));
  return svg;
}

/** A button that shows an icon; `label` is its accessible name and its tooltip. */
export function iconButton(name, label, click, props = {}) {
  return h("button", { type: "button", "aria-label": label, title: label, click, ...props }, icon(name));
}
