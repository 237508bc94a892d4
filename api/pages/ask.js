// Asks a question and shows the answer with its citations. Everything shown is a text node.

const WHY = {
  nothing_indexed: "There are no documents yet.",
  nothing_relevant: "No document speaks of this.",
  not_answered_here: "The documents don't answer this.",
  not_confident: "The documents don't answer this surely enough.",
  unsupported: "No answer could be backed by an exact quote.",
};

const form = document.getElementById("form");
const result = document.getElementById("result");
let asking = new AbortController();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  asking.abort();
  asking = new AbortController();
  const mine = asking;
  result.replaceChildren(element("p", "quiet", "Reading…"));
  try {
    const shown = await ask(form.elements.question.value, mine.signal);
    result.replaceChildren(...shown);
  } catch (error) {
    if (mine.signal.aborted) return; // a newer question took this one's place
    result.replaceChildren(element("p", "", error.message));
  }
});

async function ask(question, signal) {
  const response = await fetch("/v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question }),
    signal,
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? body.errors?.[0]?.detail ?? body.title);
  return body.answered ? answered(body) : abstained(body);
}

function answered(body) {
  return [
    element("p", "answer", body.answer),
    element("p", "quiet", `confidence ${Math.round(body.confidence * 100)} %`),
    ...body.statements.map(({ text, citations }) => {
      const marks = citations.map((index) => `[${index + 1}]`).join("");
      return element("p", "", `${text} ${marks}`);
    }),
    cited(body.citations),
  ];
}

function abstained(body) {
  const { reason, nearest } = body.abstention;
  const parts = [element("p", "answer", WHY[reason] ?? reason)];
  if (nearest.length) parts.push(element("p", "quiet", "What they do say, nearest first:"), cited(nearest));
  return parts;
}

function cited(citations) {
  const list = element("ol");
  for (const citation of citations) {
    const link = element("a", "", [citation.title, ...citation.section].join(" › "));
    link.href = citation.url;
    const item = element("li");
    item.append(link, element("blockquote", "", citation.quote));
    list.append(item);
  }
  return list;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
