// The service, as a page may call it: answers as they come about, suggestions, feedback, a token.

import { events } from "./events.js";

/** Why a call came to nothing. `kind`: away, busy, refused, invalid or failed; `seconds` to wait. */
export class Problem extends Error {
  constructor(kind, message = "", seconds = null) {
    super(message);
    this.kind = kind;
    this.seconds = seconds;
  }
}

export class Service {
  #options;
  #token = null; // a promise: calls at the same time wait for one token, and none of them can call it off

  /** Takes endpoint, collection and key (null: none is needed). */
  constructor(options) {
    this.#options = options;
  }

  get endpoint() {
    return this.#options.endpoint;
  }

  /** The events of an answer, each `{ name, data }`. Throws Problem; it is away if it breaks off. */
  async *ask(question, history, signal) {
    const { collection } = this.#options;
    const response = await this.#post("v1/ask", { question, collection, history, stream: true }, signal);
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new Problem("failed");
    try {
      for await (const event of events(response.body)) {
        if (event.name === "error") throw problem(event.data.status, event.data);
        yield event;
        if (event.name === "done") return;
      }
    } catch (error) {
      if (error instanceof Problem || signal.aborted) throw error;
      throw new Problem(error instanceof SyntaxError ? "failed" : "away");
    }
    throw new Problem("away");
  }

  async suggestions(signal) {
    const query = new URLSearchParams({ collection: this.#options.collection });
    const response = await this.#call(`v1/suggestions?${query}`, { signal });
    return (await response.json()).suggestions;
  }

  async feedback(given) {
    await this.#post("v1/feedback", { ...given, collection: this.#options.collection });
  }

  async alive(signal) {
    try {
      return (await fetch(this.#at("healthz"), { signal, cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  #post(path, body, signal) {
    const headers = { "Content-Type": "application/json" };
    return this.#call(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  }

  async #call(path, options) {
    if (!this.#options.key) return checked(await this.#fetch(path, options));
    const token = (this.#token ??= this.#give());
    let response = await this.#fetch(path, options, await unless(options.signal, token));
    if (response.status === 401) {
      if (this.#token === token) this.#token = this.#give(); // too old, or the service was started anew
      response = await this.#fetch(path, options, await unless(options.signal, this.#token));
    }
    return checked(response);
  }

  /** A new token; a call that fails leaves the next to try again. */
  async #give() {
    const headers = { "Content-Type": "application/json" };
    const options = { method: "POST", headers, body: JSON.stringify({ key: this.#options.key }) };
    try {
      return (await (await checked(await this.#fetch("v1/tokens", options))).json()).token;
    } catch (error) {
      this.#token = null;
      throw error;
    }
  }

  async #fetch(path, options, token = null) {
    const headers = { ...options.headers, ...(token && { Authorization: `Bearer ${token}` }) };
    try {
      return await fetch(this.#at(path), { ...options, headers, credentials: "same-origin" });
    } catch (error) {
      throw options.signal?.aborted ? error : new Problem("away");
    }
  }

  #at(path) {
    return new URL(path, this.endpoint);
  }
}

/** What is promised, or the signal's reason, whichever comes first. */
function unless(signal, promise) {
  const aborted = new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, aborted]);
}

async function checked(response) {
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw problem(response.status, body, response.headers.get("Retry-After"));
}

function problem(status, body, after = null) {
  const kinds = { 401: "refused", 403: "refused", 422: "invalid", 429: "busy", 503: "busy" };
  const away = status === 502 || (status === 504 && !body.type); // a proxy without its service
  const kind = away ? "away" : (kinds[status] ?? "failed");
  return new Problem(kind, body.detail ?? body.errors?.[0]?.detail ?? "", Number(after) || null);
}
