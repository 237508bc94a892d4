// What an answer says, apart from its looks. A service of an earlier version sends neither unit nor roles:
// its answers are short answers with sentences.

/** The short answer, yes or no; null where the statements are the answer. */
export function shortAnswer({ unit = "short_answer", answer }, texts) {
  if (unit === "yes_no") return texts[answer?.toLowerCase()] ?? answer;
  return unit === "short_answer" ? answer : null;
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

/** The number of each step, null for other statements. It begins anew under a heading or a lead-in. */
export function stepNumbers(statements) {
  let step = 0;
  return statements.map(({ role }) => {
    if (role === "heading" || role === "lead_in") step = 0;
    return role === "item" ? (step += 1) : null;
  });
}

/** A row's cells as [column, text], of "column: cell; column: cell."; null if it has another form. */
export function rowCells(text) {
  const cells = [];
  for (const part of text.replace(/\.$/, "").split("; ")) {
    const at = part.indexOf(": ");
    if (at > 0) cells.push([part.slice(0, at), part.slice(at + 2)]);
    else if (cells.length) cells.at(-1)[1] += `; ${part}`;
    else return null;
  }
  return cells;
}
