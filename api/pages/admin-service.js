// Requests of the team's page, with the API key where the service has one. The key is kept in this tab's
// session storage; it is sent in a header only, to this service, and is never part of an address.

import { fetchJson } from "./service.js";

const STORED = "saywhere-api-key";
let onKeyNeeded = () => {};

export function hasKey() {
  return sessionStorage.getItem(STORED) !== null;
}

export function setKey(key) {
  if (key === null) sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, key);
}

/** Has `callback` called when the service refuses the key. */
export function whenKeyNeeded(callback) {
  onKeyNeeded = callback;
}

/** The JSON at a path, null where there is none. `body`: FormData, or a value that is sent as JSON. */
export async function request(path, { method = "GET", body } = {}) {
  const headers = { "X-Requested-With": "saywhere" }; // this page asks for the key itself
  if (hasKey()) headers.Authorization = `Bearer ${sessionStorage.getItem(STORED)}`;
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  const sent = isForm || body === undefined ? body : JSON.stringify(body);
  try {
    return await fetchJson(path, { method, headers, body: sent });
  } catch (error) {
    if (error.status === 401) onKeyNeeded();
    throw error;
  }
}

/** A query string of the values that aren't empty. */
export function query(values) {
  const filled = Object.entries(values).filter(([, value]) => value !== "" && value !== null);
  return new URLSearchParams(filled).toString();
}
