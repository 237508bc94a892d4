// Asks a question and shows the answer with its citations. Everything shown is a text node.
// The question stands in the address, /?q=…, so that Back from a source finds its answer again.

import { call, element } from "./service.js";

const WHY = {
  nothing_indexed: "There are no documents yet.",
  nothing_relevant: "No document speaks of this.",
  not_answered_here: "The documents don't answer this.",
  not_confident: "The documents don't answer this surely enough.",
  unsupported: "No answer could be backed by an exact quote.",
};

const [form, hint, headline, evidence] = ["form", "hint", "headline", "evidence"].map((id) =>
  document.getElementById(id),
);
let asking = new AbortController();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = form.elements.q.value;
  const address = `?${new URLSearchParams({ q: question })}`;
  if (address !== location.search) history.pushState(null, "", address);
  show(question);
});
addEventListener("popstate", follow);
follow();
introduce();

/** Asks what the address asks; shows nothing where it asks nothing. */
function follow() {
  const question = new URLSearchParams(location.search).get("q") ?? "";
  form.elements.q.value = question;
  show(question);
}

async function show(question) {
  asking.abort(); // a newer question takes an older one's place
  asking = new AbortController();
  const { signal } = asking;
  document.title = question ? `${question} – Saywhere` : "Saywhere";
  hint.hidden = question !== "";
  evidence.replaceChildren();
  headline.replaceChildren();
  if (!question) return;
  headline.append(element("p", "reading quiet", "Reading…"));
  try {
    const body = await ask(question, signal);
    headline.replaceChildren(...(body.answered ? answer(body) : abstention(body)));
    evidence.replaceChildren(...(body.answered ? grounds(body) : near(body)));
  } catch (error) {
    if (!signal.aborted) headline.replaceChildren(element("p", "error", error.message));
  }
}

function ask(question, signal) {
  const headers = { "Content-Type": "application/json" };
  return call("/v1/ask", { method: "POST", headers, body: JSON.stringify({ question }), signal });
}

function answer({ answer, confidence }) {
  return [
    element("p", "answer", answer),
    element("p", "quiet", `Confidence ${Math.round(confidence * 100)} %`),
  ];
}

function abstention({ abstention }) {
  return [element("p", "unanswered", WHY[abstention.reason] ?? abstention.reason)];
}

function grounds({ statements, conflicts, citations }) {
  const parts = statements.map((statement) => numbered(statement, citations));
  if (conflicts.length) {
    parts.push(element("h2", "", "The documents also say"));
    parts.push(...conflicts.map((statement) => numbered(statement, citations)));
  }
  return [...parts, element("h2", "", "Sources"), cited(citations)];
}

function near({ abstention: { nearest } }) {
  return nearest.length ? [element("h2", "", "What they do say, nearest first"), cited(nearest)] : [];
}

/** A statement followed by the numbers of its citations, each a link to its place. */
function numbered(statement, citations) {
  const line = element("p", "statement", statement.text);
  for (const index of statement.citations) {
    const mark = element("a", "number", `[${index + 1}]`);
    mark.href = citations[index].url;
    mark.title = citations[index].quote;
    line.append(" ", mark);
  }
  return line;
}

function cited(citations) {
  const list = element("ol");
  for (const { quote, title, section, page, url } of citations) {
    const link = element("a", "", title);
    link.href = url;
    const place = element("p", "place");
    const within = [...section, ...(page === null ? [] : [`page ${page}`])];
    place.append(link, ...within.map((step) => element("span", "step", step)));
    const item = element("li");
    item.append(element("blockquote", "", quote), place);
    list.append(item);
  }
  return list;
}

/** Says what there is to ask, before the first question. */
async function introduce() {
  const ready = await call("/readyz").catch((error) => error);
  if (ready instanceof Error) {
    hint.textContent = ready.message;
  } else if (ready.documents === 0) {
    hint.textContent = "There are no documents yet: add some with saywhere ingest FOLDER.";
  } else {
    const documents = ready.documents === 1 ? "1 document" : `${ready.documents} documents`;
    hint.textContent = `${documents} to ask. Each answer comes with the exact places that say so.`;
  }
}
