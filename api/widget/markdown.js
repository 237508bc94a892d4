// An answer to take along: Markdown in which what the documents say stays text.

import { publicUrl, sourceUrl } from "./links.js";

/** An answer or abstention with its quotes, numbered as they are shown. */
export function toMarkdown({ question, reply }, endpoint, texts) {
  const { answer, statements, citations, conflicts, abstention } = reply;
  const cited = abstention ? abstention.nearest : citations;
  const head = abstention ? text(texts.reasons[abstention.reason] ?? texts.unanswered) : `**${text(answer)}**`;
  return [
    `> ${text(question)}`,
    head,
    ...statements.map(said),
    ...conflicts.map((conflict) => `- ${said(conflict)}`),
    cited.map((citation, index) => source(citation, index, endpoint)).join("\n"),
  ].join("\n\n");
}

function said({ text: words, citations, statements }) {
  const numbers = citations ?? (statements ?? []).flatMap((statement) => statement.citations);
  return `${text(words)} ${numbers.map((index) => `[${index + 1}]`).join("")}`;
}

function source(citation, index, endpoint) {
  const address = publicUrl(citation) ?? sourceUrl(citation, endpoint);
  const title = text(citation.title);
  const name = address ? `[${title}](<${address}>)` : title;
  return `${index + 1}. “${text(citation.quote)}” — ${[name, ...place(citation).map(text)].join(" › ")}`;
}

/** The headings above a citation. */
export function place({ section }) {
  return (section ?? []).filter(Boolean);
}

function text(words) {
  return words.replace(/\s+/g, " ").trim().replace(/[\\`*_[\]<>#|~!&]/g, "\\$&");
}
