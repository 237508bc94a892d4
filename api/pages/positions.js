// Offsets count code points, JavaScript strings UTF-16 units: an offset must be converted to an index.

/** The span that "#12-34" names, or null. */
export function parseSpan(hash) {
  const match = /^#(\d+)-(\d+)$/.exec(hash);
  return match && { start: Number(match[1]), end: Number(match[2]) };
}

/** UTF-16 indices by code point offset, in one pass over the text; offsets past its end give its length. */
export function utf16Indices(text, offsets) {
  const indices = new Map();
  let points = 0;
  let index = 0;
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    for (; points < offset && index < text.length; points += 1) {
      index += text.codePointAt(index) > 0xffff ? 2 : 1;
    }
    indices.set(offset, index);
  }
  return indices;
}
