// Questions and what came of them, kept for the tab. Knows no element; says `change` when one changed.

const KEPT = 20; // turns
const TOLD = 6; // earlier turns sent along with a question
const PATIENCE = [1, 2, 4, 8, 15]; // seconds between looks whether the service is back

/**
 * A turn is `{ question, state, passages, reply, problem, helpful }`; `state` is asking, waiting (for
 * the service to come back), done, stopped or failed. `reply` is an answer as the service sends it,
 * filled as it comes.
 */
export class Conversation extends EventTarget {
  turns = [];
  #service;
  #name;
  #asking = null;

  /** `name`: what it is kept under in the tab. */
  constructor(service, name) {
    super();
    this.#service = service;
    this.#name = name;
    this.turns = this.#kept();
  }

  get busy() {
    return this.#asking !== null;
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
    this.#asking?.abort();
  }

  forget() {
    this.stop();
    this.turns = [];
    this.#keep();
    this.#changed(null);
  }

  /** Tells the service whether an answer helped. Throws Problem. */
  async rate(turn, helpful, note = "") {
    const { id, answer, citations } = turn.reply;
    const places = citations.map(({ document_id, version, start, end }) => ({ document_id, version, start, end }));
    await this.#service.feedback({
      answer_id: id,
      helpful,
      note,
      question: turn.question,
      answer: answer ?? "",
      citations: places.slice(0, 50),
    });
    turn.helpful = helpful;
    this.#keep();
  }

  async #run(turn) {
    const asking = (this.#asking = new AbortController());
    const { signal } = asking;
    try {
      for (let tries = 0; turn.state !== "done"; tries += 1) {
        this.#set(turn, { state: "asking", passages: null, reply: blank(), problem: null, helpful: null });
        try {
          await this.#follow(turn, signal);
        } catch (error) {
          if (signal.aborted || error.kind !== "away") throw error;
          this.#set(turn, { state: "waiting", reply: blank() });
          await this.#back(tries, signal);
        }
      }
    } catch (problem) {
      this.#set(turn, signal.aborted ? { state: "stopped" } : { state: "failed", problem });
    } finally {
      if (this.#asking === asking) this.#asking = null;
      this.#keep();
      this.#changed(turn);
    }
  }

  async #follow(turn, signal) {
    const past = this.turns.slice(0, this.turns.indexOf(turn)).filter(({ state }) => state === "done");
    const history = past.slice(-TOLD).map(({ question, reply }) => ({ question, answer: reply.answer ?? "" }));
    for await (const { name, data } of this.#service.ask(turn.question, history, signal)) {
      const { reply } = turn;
      if (name === "retrieved") turn.passages = data.passages;
      if (name === "answer" || name === "abstained") Object.assign(reply, data);
      if (name === "statement") {
        data.citations.forEach((index, at) => (reply.citations[index] = data.cited[at]));
        reply.statements.push({ text: data.text, citations: data.citations });
      }
      if (name === "done") Object.assign(turn, { reply: data, state: "done" });
      this.#changed(turn);
    }
  }

  /** Waits until the service can be reached again, however long that takes. */
  async #back(tries, signal) {
    for (let turn = tries; ; turn += 1) {
      await pause(PATIENCE[Math.min(turn, PATIENCE.length - 1)], signal);
      if (await this.#service.alive(signal)) return;
    }
  }

  #set(turn, values) {
    Object.assign(turn, values);
    this.#changed(turn);
  }

  #changed(turn) {
    this.dispatchEvent(new CustomEvent("change", { detail: turn }));
  }

  #keep() {
    const done = this.turns.filter(({ state }) => state === "done").slice(-KEPT);
    const kept = done.map(({ question, reply, helpful }) => ({ question, reply, helpful, state: "done" }));
    try {
      if (kept.length) sessionStorage.setItem(this.#name, JSON.stringify(kept));
      else sessionStorage.removeItem(this.#name);
    } catch {
      // A page may be without storage, or it is full: the conversation then ends with the page.
    }
  }

  #kept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#name));
      return kept.filter(({ question, reply, state }) => question && reply.statements && state === "done");
    } catch {
      return []; // nothing, or nothing of ours
    }
  }
}

function blank() {
  return { answer: null, statements: [], citations: [], conflicts: [], abstention: null };
}

/** Passes after so many seconds, or sooner when the browser says that it is online. */
function pause(seconds, signal) {
  return new Promise((pass, fail) => {
    const end = (settle) => () => {
      clearTimeout(timer);
      removeEventListener("online", passed);
      settle();
    };
    const passed = end(pass);
    const timer = setTimeout(passed, seconds * 1000);
    addEventListener("online", passed);
    signal.addEventListener("abort", end(() => fail(signal.reason)), { once: true });
    if (signal.aborted) end(() => fail(signal.reason))();
  });
}
