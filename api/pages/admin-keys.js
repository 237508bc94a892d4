// Keys: made, listed and revoked. A key is shown once, when it is made.

import { attempt, byId, confirmed, make, notify, when } from "./admin-dom.js";
import { request } from "./admin-service.js";

let isWired = false;

export function openKeys() {
  if (!isWired) byId("key-form").addEventListener("submit", add);
  isWired = true;
  attempt(list);
}

async function list() {
  const { keys } = await request("/v1/keys");
  const rows = keys.length ? keys.map(row) : [make("li", { class: "muted", text: "None yet." })];
  byId("keys-list").replaceChildren(...rows);
}

function row(key) {
  const isOver = key.revoked_at !== null || (key.expires_at !== null && new Date(key.expires_at) <= new Date());
  const facts = [
    key.scopes.join(", "),
    key.collections && `in ${key.collections.join(", ")}`,
    key.groups.length > 0 && `as ${key.groups.join(", ")}`,
    key.per_minute && `${key.per_minute} a minute`,
    key.revoked_at ? `revoked ${when(key.revoked_at)}` : key.expires_at && `until ${when(key.expires_at)}`,
  ];
  const revoke = make("button", { type: "button", class: "danger", text: "Revoke", onclick: () => end(key) });
  return make(
    "li",
    { class: isOver ? "muted" : null },
    make("strong", { text: key.name }),
    make("span", { class: "muted", text: ` ${key.id}: ${facts.filter(Boolean).join("; ")} ` }),
    isOver ? null : revoke,
  );
}

function add(event) {
  event.preventDefault();
  const form = event.target.elements;
  const names = (field) => field.value.split(",").map((name) => name.trim()).filter(Boolean);
  const collections = names(form.collections);
  const days = Number(form.days.value);
  attempt(async () => {
    const made = await request("/v1/keys", {
      method: "POST",
      body: {
        name: form.name.value,
        scopes: [...event.target.querySelectorAll("[name=scope]:checked")].map(({ value }) => value),
        collections: collections.length ? collections : null,
        groups: names(form.groups),
        per_minute: Number(form.per_minute.value) || null,
        expires_at: days ? new Date(Date.now() + days * 86_400_000).toISOString() : null,
      },
    });
    event.target.reset();
    byId("made-key").replaceChildren(
      make("p", { text: `The key of “${made.name}”. Copy it now: it isn't shown again.` }),
      make("p", {}, make("code", { text: made.key })),
    );
    await list();
  });
}

async function end(key) {
  if (!(await confirmed(`Revoke “${key.name}” (${key.id})? Whoever uses it is refused at once.`, "Revoke"))) return;
  await attempt(async () => {
    await request(`/v1/keys/${encodeURIComponent(key.id)}`, { method: "DELETE" });
    await list();
    notify(`“${key.name}” is revoked.`);
  });
}
