// Elements of the team's page. All text is set as text, never as markup.

/** An element with properties (class, text, on…) and children. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key === "text") element.textContent = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Shows a message in the page's status line; null clears it. */
export function notify(message, isError = false) {
  byId("notice").replaceChildren(...(message ? [make("p", { class: isError ? "error" : "muted", text: message })] : []));
}

/** Runs an action; an error is shown, and ends it. */
export async function attempt(action) {
  try {
    notify(null);
    return await action();
  } catch (error) {
    if (error.status !== 401) notify(error.message, true);
    return undefined;
  }
}

/** Whether the person confirms a deletion, or what else the button says. */
export function confirmed(text, action = "Delete") {
  const dialog = byId("confirm");
  dialog.querySelector("[value=yes]").textContent = action;
  byId("confirm-text").textContent = text;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** "1 document", "2 documents". */
export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

/** A time of the service in the reader's own form. */
export function when(iso) {
  return new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

/** Fills a select with the collections, `all` first if given; keeps what is chosen. */
export function fillCollections(select, names, all) {
  const chosen = select.value;
  const options = names.map((name) => make("option", { value: name, text: name }));
  select.replaceChildren(...(all ? [make("option", { value: "", text: all })] : []), ...options);
  if ([...select.options].some(({ value }) => value === chosen)) select.value = chosen;
}
