// What an answer says, apart from its looks. A service of an earlier version sends neither unit nor roles:
// its answers are short answers with sentences.

import { fill } from "./texts.js";

/** The short answer, yes or no; null where the statements are the answer. */
export function shortAnswer({ unit = "short_answer", answer }, texts) {
  if (unit === "yes_no") return texts[answer?.toLowerCase()] ?? answer;
  return unit === "short_answer" ? answer : null;
}

/** What marks an answer that a person should check; null for one that is sure. */
export function certaintyMark({ certainty, drafted }, texts) {
  if (drafted) return texts.drafted;
  return certainty === "likely" ? texts.likely : null;
}

/** What is said where there is no answer: of an empty collection, of passages that come close, or of none. */
export function abstentionText({ question, reply }, texts) {
  const { reason, nearest } = reply.abstention;
  if (reason === "nothing_indexed") return texts.nothingIndexed;
  return nearest?.length ? texts.notSure : fill(texts.nothing, { q: reply.question ?? question });
}

/** Whether two texts say the same but for a bullet before them and a stop after them. */
export function isSameText(one, other) {
  const bare = (text) => foldSpaces(text).replace(/^[-*+•‣▪] |[.!:;]$/g, "").toLowerCase();
  return bare(one) === bare(other);
}

/** In percent: the probability that what is shown is right. */
export function confidencePercent({ confidence, short_answer_confidence: ofShortAnswer }) {
  return Math.round((ofShortAnswer ?? confidence) * 100);
}

/** `{ n, all, citation }` where a list was cut to n of all its items, with the last one's citation; else null. */
export function cutList({ statements, citations, item_count: all }) {
  const shown = statements.filter(({ role }) => role === "item" || role === "row");
  if (!shown.length || !(all > shown.length)) return null;
  return { n: shown.length, all, citation: citations[shown.at(-1).citations[0]] };
}

/**
 * The number of each item, null for one with a bullet and for other statements: the number that the document
 * gives it, else its place among the steps, which begin anew under a heading or a lead-in.
 */
export function itemNumbers({ unit, statements, citations }) {
  let last = 0;
  return statements.map(({ role, citations: indices }) => {
    if (role === "heading" || role === "lead_in") last = 0;
    if (role !== "item") return null;
    const written = /^\(?(\d{1,3})[.)]\s/.exec(citations[indices?.[0]]?.quote)?.[1];
    if (!written && unit !== "steps") return null;
    return (last = written ? Number(written) : last + 1);
  });
}

/** The indices of the citations whose quotes are shown already: word by word, or a row's. */
export function shownCitations({ statements, citations, conflicts }) {
  const shown = new Set(conflicts.flatMap((conflict) => (conflict.statements ? [] : conflict.citations)));
  for (const { text, role, citations: indices } of statements) {
    for (const index of indices) {
      const own = foldSpaces(text.replace(/ \[[^\]]*\]/g, "")); // without the names that pronouns stand for
      const isShown = role === "row" || foldSpaces(citations[index].quote).endsWith(own);
      if (isShown) shown.add(index);
    }
  }
  return shown;
}

/** A row's cells as [column, text], of "column: cell; column: cell"; null if it has another form. */
export function rowCells(text) {
  const cells = [];
  for (const part of text.split("; ")) {
    const at = part.indexOf(": ");
    if (at > 0) cells.push([part.slice(0, at), part.slice(at + 2)]);
    else if (cells.length) cells.at(-1)[1] += `; ${part}`;
    else return null;
  }
  return cells;
}

/** Text on one line. */
export function foldSpaces(text) {
  return text.replace(/\s+/g, " ").trim();
}
