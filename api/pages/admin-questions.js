// Questions that were asked and not answered, and what is asked of a collection.

import { attempt, byId, count, fillCollections, make, when } from "./admin-dom.js";
import { query, request } from "./admin-service.js";

const form = byId("gap-filter");

form.addEventListener("change", () => attempt(load));
form.addEventListener("submit", (event) => event.preventDefault());

export function openQuestions() {
  attempt(async () => {
    const { collections } = await request("/v1/collections");
    const names = collections.map(({ name }) => name);
    fillCollections(form.elements.collection, names.length ? names : ["default"]);
    await load();
  });
}

async function load() {
  const [collection, open] = [form.elements.collection.value, form.elements.open.value];
  const [listed, usage] = await Promise.all([
    request(`/v1/gaps?${query({ collection, open })}`),
    request(`/v1/usage?${query({ collection })}`),
  ]);
  const hasEntries = usage.asked > 0;
  byId("log-off").hidden = listed.enabled;
  byId("log-on").hidden = !listed.enabled && !hasEntries;
  const none = open === "true" ? "No question is left unanswered." : "No gap was closed yet.";
  byId("gaps").replaceChildren(...(listed.gaps.length ? listed.gaps.map(gapRow) : [make("li", { class: "muted", text: none })]));
  byId("usage").replaceChildren(...usageParts(usage));
}

function gapRow(gap) {
  const week = gap.by_week.at(-1);
  const trend = `${count(gap.count, "time")}, ${week} in the last week, ${gap.by_week.at(-2)} in the one before`;
  const times = gap.closed_at ? `answered since ${when(gap.closed_at)}` : `last ${when(gap.last_at)}`;
  const about = make("p", { class: "muted one" }, make("span", { text: `${trend} · ${times}` }), weeks(gap.by_week));
  const item = make("li", {}, make("h3", { text: gap.question, dir: "auto" }), about);
  const others = gap.wordings.slice(1);
  if (others.length) {
    const lines = others.map(({ question, count: times }) => make("li", { text: `${question} (${times})`, dir: "auto" }));
    item.append(details(`Asked in ${count(others.length, "other way")}`, make("ul", {}, ...lines)));
  }
  if (gap.closest.length) item.append(details("Closest passages", ...gap.closest.map(passage)));
  item.append(caseForm(gap));
  return item;
}

function weeks(numbers) {
  const most = Math.max(1, ...numbers);
  const bars = make("span", { class: "weeks", "aria-hidden": "true" });
  for (const number of numbers) {
    const bar = make("span");
    bar.style.blockSize = `${(100 * number) / most}%`;
    bars.append(bar);
  }
  return bars;
}

function details(summary, ...children) {
  return make("details", {}, make("summary", { text: summary }), ...children);
}

function passage(citation) {
  const link = make("a", { href: citation.url, text: citation.title || citation.uri, dir: "auto" });
  return make("blockquote", { dir: "auto" }, citation.quote, make("br"), link);
}

function caseForm(gap) {
  const said = make("p", { class: "muted", role: "status" });
  const answer = make("input", { name: "answer", maxlength: "1000", autocomplete: "off" });
  const add = (body) =>
    attempt(async () => {
      const made = await request(`/v1/gaps/${gap.id}/case`, { method: "POST", body });
      const state = made.added ? (made.case.draft ? "added as a draft" : "added") : "a case already";
      said.textContent = `${made.case.id}: ${state}, in ${made.file} of the data folder`;
    });
  const form = make(
    "form",
    { class: "case", "aria-label": `Evaluation case: ${gap.question}` },
    make("label", {}, "Right answer, if there is one", answer),
    make("button", { text: "Make it an eval case" }),
    make("button", { type: "button", text: "The documents don't say it", onclick: () => add({ unanswerable: "missing_detail" }) }),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = answer.value.trim();
    add(text ? { answers: [text] } : {});
  });
  return make("div", {}, form, said);
}

function usageParts(usage) {
  const since = usage.since ? ` since ${when(usage.since)}` : "";
  const total = `${count(usage.asked, "question")} kept${since}, ${usage.answered} answered. Kept for ${count(usage.days, "day")}.`;
  const parts = [make("h2", { text: "All questions" }), make("p", { text: total })];
  for (const [title, asked] of [["Most asked", usage.most_asked], ["Most disliked", usage.most_disliked]]) {
    const lines = asked.map((one) =>
      make(
        "li",
        {},
        make("span", { text: one.question, dir: "auto" }),
        make("p", { class: "muted", text: `${count(one.count, "time")}, ${one.answered} answered, ${one.helpful} liked, ${one.unhelpful} disliked` }),
      ),
    );
    if (lines.length) parts.push(make("h2", { text: title }), make("ol", {}, ...lines));
  }
  if (usage.asked && usage.never_cited_total) {
    const shown = usage.never_cited.map(({ id, title, uri }) =>
      make("li", {}, make("a", { href: `/documents/${id}`, text: title || uri, dir: "auto" })),
    );
    const rest = usage.never_cited_total - shown.length;
    if (rest > 0) shown.push(make("li", { text: `and ${rest} more` }));
    parts.push(make("h2", { text: "Never cited" }), make("p", { class: "muted", text: "No answer that is kept cites these documents." }), make("ul", {}, ...shown));
  }
  return parts;
}
