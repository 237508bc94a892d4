// Uploads: files and folders, dropped or chosen, sent in batches one after the other.

import { request } from "./admin-service.js";

const BATCH_FILES = 20;
const BATCH_BYTES = 20_000_000;

/** Files of a drop with their paths, folders read to their end: [{ file, path }]. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return chosenFiles(transfer.files);
  return (await Promise.all(entries.map((entry) => filesOf(entry, "")))).flat();
}

/** Files of an input with their paths: [{ file, path }]. */
export function chosenFiles(files) {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Those of the files that neither are hidden nor lie in a hidden folder. */
export function visible(items) {
  return items.filter(({ path }) => !path.split("/").some((part) => part.startsWith(".")));
}

/** Batches that fit into a request. */
export function batches(items, limits) {
  const made = [];
  let bytes = 0;
  for (const item of items) {
    const size = item.file.size;
    const fits = made.length > 0 && made.at(-1).length < Math.min(BATCH_FILES, limits.upload_files);
    if (fits && bytes + size <= Math.min(BATCH_BYTES, limits.upload_bytes / 2)) {
      made.at(-1).push(item);
      bytes += size;
    } else {
      made.push([item]);
      bytes = size;
    }
  }
  return made;
}

/**
 * Sends a batch and returns { jobs, refused: [{ path, reason }] }. Where the service refuses it, its files are
 * sent one by one, so that one of them doesn't stop the others.
 */
export async function sendBatch(batch, collection, uri = null) {
  try {
    return { jobs: [await send(batch, collection, uri)], refused: [] };
  } catch (error) {
    if (![413, 415, 422].includes(error.status)) throw error;
    if (batch.length === 1) return { jobs: [], refused: [{ path: batch[0].path, reason: error.message }] };
  }
  const results = [];
  for (const item of batch) results.push(await sendBatch([item], collection, uri));
  return { jobs: results.flatMap(({ jobs }) => jobs), refused: results.flatMap(({ refused }) => refused) };
}

function send(batch, collection, uri) {
  const body = new FormData();
  body.append("collection", collection);
  if (uri !== null) body.append("uri", uri);
  for (const { file, path } of batch) body.append("files", file, path);
  return request("/v1/documents", { method: "POST", body });
}

async function filesOf(entry, folder) {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path }];
  }
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    // A call gives a part of the entries only; none at the end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map((one) => filesOf(one, path)))).flat();
}
