// What the pages share: a call to the service, and the creation of elements from text.

/** The JSON at a path. Throws an Error whose message says what the reader can do. */
export async function fetchJson(path, options) {
  let response, body;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The service can't be reached. Is it still running?");
  }
  try {
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(`The service sent no proper answer (status ${response.status}).`);
  }
  if (response.ok) return body;
  const detail = body.detail ?? body.errors?.[0]?.detail;
  const seconds = response.headers.get("Retry-After");
  const parts = [body.title, detail && `: ${detail}`, seconds && `. Try again in ${seconds} s`];
  throw new Error(parts.filter(Boolean).join(""));
}

/** An element with text, never markup. The text's own direction is used. */
export function createElement(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  element.dir = "auto";
  return element;
}
