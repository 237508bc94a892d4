// The questions of a tab and their answers. A model without elements: it fires `change` with the turn
// that changed, or null when all were removed.

const MAX_STORED_TURNS = 20;
const MAX_HISTORY_TURNS = 6; // earlier turns sent with a question
const MAX_HISTORY_CHARACTERS = 2000; // of each turn's answer; a whole list or section may be longer
const MAX_FEEDBACK_CHARACTERS = 2000;
const RETRY_DELAYS = [1, 2, 4, 8, 15]; // seconds between checks whether the service is back
const BUSY = { seconds: 2, tries: 6 }; // a service that is busy for no longer is asked again, so many times

/**
 * A turn is `{ question, state, passages, draft, reply, problem, helpful }`. `state` is asking, waiting (for the
 * service to come back), done, stopped or failed. `reply` is an answer as the service sends it, filled
 * as its events arrive; `draft` are the sentences of an answer that is still being written.
 */
export class Conversation extends EventTarget {
  turns = [];
  #service;
  #storageKey;
  #running = null; // the AbortController of the question that is being asked

  /** `storageKey`: the key in the tab's sessionStorage. */
  constructor(service, storageKey) {
    super();
    this.#service = service;
    this.#storageKey = storageKey;
    this.turns = this.#load();
  }

  get busy() {
    return this.#running !== null;
  }

  ask(question) {
    this.stop();
    const turn = { question };
    this.turns.push(turn);
    return this.#run(turn);
  }

  retry(turn) {
    this.stop();
    return this.#run(turn);
  }

  stop() {
    this.#running?.abort();
  }

  clear() {
    this.stop();
    this.turns = [];
    this.#save();
    this.#notify(null);
  }

  /** Sends feedback on an answer. Throws Problem. */
  async rate(turn, helpful, note = "") {
    const { id, answer, citations } = turn.reply;
    const spans = citations.map(({ document_id, version, start, end }) => ({ document_id, version, start, end }));
    await this.#service.sendFeedback({
      answer_id: id,
      helpful,
      note,
      question: turn.question,
      answer: firstCharacters(answer, MAX_FEEDBACK_CHARACTERS),
      citations: spans.slice(0, 50),
    });
    turn.helpful = helpful;
    this.#save();
  }

  async #run(turn) {
    const controller = (this.#running = new AbortController());
    const { signal } = controller;
    try {
      for (let attempt = 0; turn.state !== "done"; attempt += 1) {
        this.#update(turn, { state: "asking", passages: null, draft: [], reply: emptyReply(), problem: null, helpful: null });
        try {
          await this.#stream(turn, signal);
        } catch (error) {
          const isBusy = error.kind === "busy" && error.seconds <= BUSY.seconds && attempt < BUSY.tries;
          if (signal.aborted || (error.kind !== "away" && !(isBusy && error.seconds))) throw error;
          this.#update(turn, { state: "waiting", problem: isBusy ? error : null, reply: emptyReply() });
          // Others were refused at the same moment: they don't all come back at the same one.
          await (isBusy ? delay(error.seconds * (0.5 + Math.random()), signal) : this.#waitForService(attempt, signal));
        }
      }
    } catch (problem) {
      this.#update(turn, signal.aborted ? { state: "stopped" } : { state: "failed", problem });
    } finally {
      if (this.#running === controller) this.#running = null;
      this.#save();
      this.#notify(turn);
    }
  }

  /** Asks the question and fills the turn with each event. */
  async #stream(turn, signal) {
    const earlier = this.turns.slice(0, this.turns.indexOf(turn)).filter(({ state }) => state === "done");
    const history = earlier
      .slice(-MAX_HISTORY_TURNS)
      .map(({ question, reply }) => ({ question, answer: firstCharacters(reply.answer, MAX_HISTORY_CHARACTERS) }));
    for await (const { name, data } of this.#service.ask(turn.question, history, signal)) {
      const { reply } = turn;
      if (name === "retrieved") turn.passages = data.passages;
      if (name === "drafted") turn.draft.push(data.text);
      if (name === "answer" || name === "abstained") Object.assign(reply, data);
      if (name === "statement") {
        data.citations.forEach((index, i) => (reply.citations[index] = data.cited[i]));
        reply.statements.push({ text: data.text, citations: data.citations, role: data.role });
      }
      if (name === "done") Object.assign(turn, { reply: data, state: "done" });
      this.#notify(turn);
    }
  }

  /** Waits until the service can be reached again, however long that takes. */
  async #waitForService(attempt, signal) {
    for (let check = attempt; ; check += 1) {
      await delay(RETRY_DELAYS[Math.min(check, RETRY_DELAYS.length - 1)], signal);
      if (await this.#service.isReachable(signal)) return;
    }
  }

  #update(turn, values) {
    Object.assign(turn, values);
    this.#notify(turn);
  }

  #notify(turn) {
    this.dispatchEvent(new CustomEvent("change", { detail: turn }));
  }

  #save() {
    const done = this.turns.filter(({ state }) => state === "done").slice(-MAX_STORED_TURNS);
    const stored = done.map(({ question, reply, helpful }) => ({ question, reply, helpful, state: "done" }));
    try {
      if (stored.length) sessionStorage.setItem(this.#storageKey, JSON.stringify(stored));
      else sessionStorage.removeItem(this.#storageKey);
    } catch {
      // The browser forbids storage, or it is full: the conversation then ends with the page.
    }
  }

  #load() {
    try {
      const stored = JSON.parse(sessionStorage.getItem(this.#storageKey));
      return stored.filter(({ question, reply, state }) => question && reply.statements && state === "done");
    } catch {
      return []; // nothing is stored, or something else
    }
  }
}

function emptyReply() {
  return { answer: null, statements: [], citations: [], conflicts: [], abstention: null };
}

/** The beginning of a text, which may be null; no character is cut in two. */
function firstCharacters(text, limit) {
  return [...(text ?? "")].slice(0, limit).join("");
}

/** Resolves after so many seconds, or sooner if the browser comes online; rejects when aborted. */
function delay(seconds, signal) {
  return new Promise((resolve, reject) => {
    const finish = (settle) => () => {
      clearTimeout(timer);
      removeEventListener("online", pass);
      settle();
    };
    const pass = finish(resolve);
    const timer = setTimeout(pass, seconds * 1000);
    addEventListener("online", pass);
    signal.addEventListener("abort", finish(() => reject(signal.reason)), { once: true });
    if (signal.aborted) finish(() => reject(signal.reason))();
  });
}
