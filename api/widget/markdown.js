// An answer as Markdown, for the clipboard. Text of documents is escaped, so that it stays text.

import { publicUrl, sourceUrl } from "./links.js";
import { abstentionText, certaintyMark, cutList, itemNumbers, shortAnswer } from "./reply.js";
import { fill } from "./texts.js";

/** An answer or abstention with its quotes, numbered as they are shown. */
export function toMarkdown({ question, reply }, endpoint, texts) {
  const { citations, abstention } = reply;
  const cited = abstention ? abstention.nearest : citations;
  return [
    `> ${escapeMarkdown(question)}`,
    ...(abstention ? [escapeMarkdown(abstentionText({ question, reply }, texts))] : answerBlocks(reply, texts)),
    cited.length && !abstention ? `${escapeMarkdown(texts.sources)}:` : "",
    cited.map((citation, index) => sourceLine(citation, index, endpoint)).join("\n"),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function answerBlocks(reply, texts) {
  const short = shortAnswer(reply, texts);
  const mark = certaintyMark(reply, texts);
  const cut = cutList(reply);
  const parts = (reply.unanswered ?? []).map((part) => `“${part}”`).join(", ");
  return [
    mark && `*${escapeMarkdown(mark)}*`,
    short === null ? "" : `**${escapeMarkdown(short)}**`,
    statementBlocks(reply),
    ...reply.conflicts.map((conflict) => `- ${withNumbers(conflict)}`),
    cut ? escapeMarkdown(fill(texts.cut, cut)) : "",
    parts && escapeMarkdown(`${texts.missing} ${parts}`),
  ].filter(Boolean);
}

/** The statements, one a block; items of a list and rows follow each other without an empty line. */
function statementBlocks(reply) {
  const { statements } = reply;
  const numbers = itemNumbers(reply);
  const blocks = statements.map((statement, i) => {
    const isClose = ["item", "row"].includes(statement.role) && statement.role === statements[i - 1]?.role;
    return (i === 0 ? "" : isClose ? "\n" : "\n\n") + statementBlock(statement, numbers[i]);
  });
  return blocks.join("");
}

function statementBlock(statement, number) {
  const { text, role } = statement;
  if (role === "item" || role === "row") return `${number === null ? "-" : `${number}.`} ${withNumbers(statement)}`;
  if (role === "code") return `${fenced(text)}\n${numbersOf(statement)}`;
  return role === "heading" ? `**${escapeMarkdown(text)}** ${numbersOf(statement)}` : withNumbers(statement);
}

/** Code in a fence that is longer than any run of backticks in it. */
function fenced(code) {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${code}\n${fence}`;
}

function withNumbers(part) {
  return `${escapeMarkdown(part.text)} ${numbersOf(part)}`;
}

function numbersOf({ citations, statements }) {
  const indices = citations ?? (statements ?? []).flatMap((statement) => statement.citations);
  return indices.map((index) => `[${index + 1}]`).join("");
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
