// What the pages share: a call to the service, and the creation of elements from text.

/** The JSON at a path, or null. Throws an Error that says what the reader can do, with the `status` if any. */
export async function fetchJson(path, options) {
  let response, body;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The service can't be reached. Is it still running?");
  }
  if (response.status === 204) return null;
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
  throw Object.assign(new Error(parts.filter(Boolean).join("")), { status: response.status });
}

/** An element with text, never markup. The text's own direction is used. */
export function createElement(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  element.dir = "auto";
  return element;
}
