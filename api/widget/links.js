// Where a citation leads. Only http and https: an address is data from outside.

/** The service's page that marks the quote, or null. */
export function sourceUrl({ url }, endpoint) {
  return web(url, endpoint)?.href ?? null;
}

/** The source's own public page, scrolled to the quote by a text fragment; null where it has none. */
export function publicUrl({ uri, text_fragment: fragment }) {
  const found = web(uri);
  if (!found) return null;
  const [page, hash] = found.href.split("#");
  return fragment?.startsWith("#:~:") ? `${page}#${hash ?? ""}${fragment.slice(1)}` : found.href;
}

function web(address, base) {
  const url = typeof address === "string" && URL.canParse(address, base) ? new URL(address, base) : null;
  return url && /^https?:$/.test(url.protocol) ? url : null;
}
