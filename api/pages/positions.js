// Saywhere counts code points, JavaScript UTF-16 units: an offset is never used as an index here.

/** The span that "#12-34" names, or null. */
export function span(hash) {
  const found = /^#(\d+)-(\d+)$/.exec(hash);
  return found && { start: Number(found[1]), end: Number(found[2]) };
}

/** Code point offsets as UTF-16 indices, in one pass over the text; past its end they are its length. */
export function units(text, offsets) {
  const found = new Map();
  let points = 0;
  let at = 0;
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    for (; points < offset && at < text.length; points += 1) {
      at += text.codePointAt(at) > 0xffff ? 2 : 1;
    }
    found.set(offset, at);
  }
  return found;
}
