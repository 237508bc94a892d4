// A client of the service's HTTP API: answers as a stream, suggestions, feedback, tokens.

import { readEvents } from "./events.js";

/** Why a call failed. `kind`: away, busy, refused, invalid or failed; `seconds`: how long to wait, or null. */
export class Problem extends Error {
  constructor(kind, message = "", seconds = null) {
    super(message);
    this.kind = kind;
    this.seconds = seconds;
  }
}

export class Service {
  #options;
  #token = null; // a promise: concurrent calls share one token, and aborting a call doesn't cancel it

  /** `options`: endpoint, collection, and publicKey (null: the page needs no token). */
  constructor(options) {
    this.#options = options;
  }

  get endpoint() {
    return this.#options.endpoint;
  }

  /** The events of an answer, each `{ name, data }`. Throws Problem, of kind away if the stream breaks off. */
  async *ask(question, history, signal) {
    const { collection } = this.#options;
    const response = await this.#post("v1/ask", { question, collection, history, stream: true }, signal);
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new Problem("failed");
    try {
      for await (const event of readEvents(response.body)) {
        if (event.name === "error") throw toProblem(event.data.status, event.data);
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

  async sendFeedback(feedback) {
    await this.#post("v1/feedback", { ...feedback, collection: this.#options.collection });
  }

  async isReachable(signal) {
    try {
      return (await fetch(this.#url("healthz"), { signal, cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  #post(path, body, signal) {
    const headers = { "Content-Type": "application/json" };
    return this.#call(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  }

  async #call(path, options) {
    if (!this.#options.publicKey) return ensureOk(await this.#fetch(path, options));
    const token = (this.#token ??= this.#requestToken());
    let response = await this.#fetch(path, options, await abortable(options.signal, token));
    if (response.status === 401) {
      if (this.#token === token) this.#token = this.#requestToken(); // expired, or the service restarted
      response = await this.#fetch(path, options, await abortable(options.signal, this.#token));
    }
    return ensureOk(response);
  }

  /** A new token. If this fails, the next call tries again. */
  async #requestToken() {
    const headers = { "Content-Type": "application/json" };
    const options = { method: "POST", headers, body: JSON.stringify({ key: this.#options.publicKey }) };
    try {
      return (await (await ensureOk(await this.#fetch("v1/tokens", options))).json()).token;
    } catch (error) {
      this.#token = null;
      throw error;
    }
  }

  async #fetch(path, options, token = null) {
    const headers = { ...options.headers, ...(token && { Authorization: `Bearer ${token}` }) };
    try {
      return await fetch(this.#url(path), { ...options, headers, credentials: "same-origin" });
    } catch (error) {
      throw options.signal?.aborted ? error : new Problem("away");
    }
  }

  #url(path) {
    return new URL(path, this.endpoint);
  }
}

/** Settles as the promise does, or rejects with the signal's reason, whichever comes first. */
function abortable(signal, promise) {
  const aborted = new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, aborted]);
}

async function ensureOk(response) {
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw toProblem(response.status, body, response.headers.get("Retry-After"));
}

function toProblem(status, body, retryAfter = null) {
  const kinds = { 401: "refused", 403: "refused", 422: "invalid", 429: "busy", 503: "busy" };
  const away = status === 502 || (status === 504 && !body.type); // from a proxy that can't reach the service
  const kind = away ? "away" : (kinds[status] ?? "failed");
  return new Problem(kind, body.detail ?? body.errors?.[0]?.detail ?? "", Number(retryAfter) || null);
}
