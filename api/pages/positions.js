// Saywhere counts code points, JavaScript UTF-16 units: an offset is never used as an index here.

/** The span that "#12-34" names, or null. */
export function span(hash) {
  const found = /^#(\d+)-(\d+)$/.exec(hash);
  return found && { start: Number(found[1]), end: Number(found[2]) };
}

/** A text in three: before, within and after a span of code points. */
export function parts(text, { start, end }) {
  const from = unit(text, start);
  const to = unit(text, end - start, from);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}

/** The UTF-16 index that lies `points` code points after `from`; the text's end where it is shorter. */
function unit(text, points, from = 0) {
  let at = from;
  for (let left = points; left > 0 && at < text.length; left -= 1) {
    at += text.codePointAt(at) > 0xffff ? 2 : 1;
  }
  return at;
}
