// Jobs: their progress, and what failed and why.

import { attempt, byId, count, make, when } from "./admin-dom.js";
import { request } from "./admin-service.js";

const SHOWN = 5;
const POLL_MS = 700;
const FAILURES_SHOWN = 50;
const OVER = ["done", "failed", "interrupted", "cancelled"];
const watched = new Set();

/** Shows the latest jobs, and follows those that aren't over; `onEnd` is called after each of them. */
export async function showJobs(onEnd) {
  const { jobs } = await request(`/v1/jobs?limit=${SHOWN}`);
  const whole = await Promise.all(jobs.map(({ id }) => request(`/v1/jobs/${id}`)));
  byId("jobs").replaceChildren(...whole.map(row));
  if (whole.length === 0) byId("jobs").append(make("li", { class: "muted", text: "None yet." }));
  for (const job of whole) {
    if (!OVER.includes(job.state) && !watched.has(job.id)) attempt(() => watchJob(job).then(onEnd));
  }
}

/** Shows a job's progress until it is over. */
export async function watchJob(job) {
  watched.add(job.id);
  let state = job;
  for (;;) {
    place(state);
    if (OVER.includes(state.state)) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    state = await request(`/v1/jobs/${job.id}`);
  }
  watched.delete(job.id);
}

/** Puts a job's row in the place of its earlier one, or first. */
function place(job) {
  const earlier = byId(job.id);
  if (earlier) {
    const isOpen = earlier.querySelector("details")?.open;
    const now = row(job);
    if (isOpen && now.querySelector("details")) now.querySelector("details").open = true;
    const hadFocus = earlier.contains(document.activeElement);
    earlier.replaceWith(now);
    if (hadFocus) now.querySelector("button, summary")?.focus();
    return;
  }
  const list = byId("jobs");
  if (list.firstElementChild && !list.firstElementChild.id) list.replaceChildren();
  list.prepend(row(job));
  while (list.children.length > SHOWN) list.lastElementChild.remove();
}

function row(job) {
  const isOver = OVER.includes(job.state);
  const failed = job.results.filter(({ outcome }) => outcome === "failed");
  const counts = Object.entries(job.counts).filter(([, number]) => number > 0);
  const figures = counts.map(([outcome, number]) => `${number} ${outcome}`).join(", ");
  const of = job.total ? `${job.done} of ${count(job.total, "document")}` : job.kind;
  const title = `${of} into ${job.collection}: ${job.state}`;
  const text = make(
    "div",
    {},
    make("p", { text: title, dir: "auto" }),
    make("p", { class: "muted", text: [figures, when(job.created_at)].filter(Boolean).join(" · ") }),
  );
  const cancel = make("button", { type: "button", text: "Cancel", "aria-label": `Cancel: ${title}`, onclick: () => cancelJob(job) });
  const item = make("li", { id: job.id }, make("div", { class: "one" }, text, isOver ? null : cancel));
  if (!isOver) item.append(make("progress", { max: Math.max(1, job.total), value: job.done, "aria-label": title }));
  if (job.error) item.append(make("p", { class: "failed", text: job.error, dir: "auto" }));
  if (failed.length) item.append(failures(failed));
  return item;
}

function failures(failed) {
  const lines = failed.slice(0, FAILURES_SHOWN).map(({ uri, reason }) => make("li", { text: `${uri}: ${reason}`, dir: "auto" }));
  if (failed.length > FAILURES_SHOWN) lines.push(make("li", { text: `and ${failed.length - FAILURES_SHOWN} more` }));
  return make(
    "details",
    { open: failed.length <= 3 ? "" : null },
    make("summary", { class: "failed", text: `${count(failed.length, "document")} failed: why` }),
    make("ul", {}, ...lines),
  );
}

function cancelJob(job) {
  attempt(() => request(`/v1/jobs/${job.id}`, { method: "DELETE" }));
}
