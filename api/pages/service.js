// What both pages share: a call to the service, and making an element out of text.

/** The JSON that a path answers with. Throws an Error whose message a reader can act on. */
export async function call(path, options) {
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
  const why = body.detail ?? body.errors?.[0]?.detail;
  const again = response.headers.get("Retry-After");
  throw new Error([body.title, why && `: ${why}`, again && `. Try again in ${again} s`].filter(Boolean).join(""));
}

/** An element that holds text, never markup. Text that runs right to left is set so. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  made.dir = "auto";
  return made;
}
