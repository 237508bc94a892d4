// An answer as Markdown, for the clipboard. Text of documents is escaped, so that it stays text.

import { publicUrl, sourceUrl } from "./links.js";

/** An answer or abstention with its quotes, numbered as they are shown. */
export function toMarkdown({ question, reply }, endpoint, texts) {
  const { answer, statements, citations, conflicts, abstention } = reply;
  const cited = abstention ? abstention.nearest : citations;
  const reason = abstention && (texts.reasons[abstention.reason] ?? texts.unanswered);
  return [
    `> ${escapeMarkdown(question)}`,
    abstention ? escapeMarkdown(reason) : `**${escapeMarkdown(answer)}**`,
    ...statements.map(statementLine),
    ...conflicts.map((conflict) => `- ${statementLine(conflict)}`),
    cited.map((citation, index) => sourceLine(citation, index, endpoint)).join("\n"),
  ].join("\n\n");
}

function statementLine({ text, citations, statements }) {
  const numbers = citations ?? (statements ?? []).flatMap((statement) => statement.citations);
  return `${escapeMarkdown(text)} ${numbers.map((index) => `[${index + 1}]`).join("")}`;
}

function sourceLine(citation, index, endpoint) {
  const address = publicUrl(citation) ?? sourceUrl(citation, endpoint);
  const title = escapeMarkdown(citation.title);
  const link = address ? `[${title}](<${address}>)` : title;
  const path = [link, ...headingsOf(citation).map(escapeMarkdown)].join(" › ");
  return `${index + 1}. “${escapeMarkdown(citation.quote)}” — ${path}`;
}

/** The headings above a citation's quote. */
export function headingsOf({ section }) {
  return (section ?? []).filter(Boolean);
}

function escapeMarkdown(text) {
  return text.replace(/\s+/g, " ").trim().replace(/[\\`*_[\]<>#|~!&]/g, "\\$&");
}
