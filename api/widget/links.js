// The addresses of a citation. Only http and https are allowed, since they come from documents.

/** The service's page with the quote marked, or null. */
export function sourceUrl({ url }, endpoint) {
  return httpUrl(url, endpoint)?.href ?? null;
}

/** The source's own public page, scrolled to the quote by a text fragment; null if it has none. */
export function publicUrl({ uri, text_fragment: fragment }) {
  const url = httpUrl(uri);
  if (!url) return null;
  const [page, hash] = url.href.split("#");
  return fragment?.startsWith("#:~:") ? `${page}#${hash ?? ""}${fragment.slice(1)}` : url.href;
}

function httpUrl(address, base) {
  const url = typeof address === "string" && URL.canParse(address, base) ? new URL(address, base) : null;
  return url && /^https?:$/.test(url.protocol) ? url : null;
}
