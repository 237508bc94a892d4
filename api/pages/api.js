// The API's documentation: every operation of /openapi.json with its parameters, bodies and examples.

import { curl, kindOf, refName, refNames } from "./api-values.js";
import { createElement, fetchJson } from "./service.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const OTHERS = "other";

/** The page's parts, from the document. */
function show(api) {
  document.getElementById("about").append(...inline(api.info.description ?? ""));
  document.getElementById("access").append(...access(api.components.securitySchemes ?? {}));
  const target = document.getElementById("operations");
  for (const [tag, operations] of byTag(api)) {
    target.append(createElement("h2", "", tag));
    for (const one of operations) target.append(operationElement(one, api));
  }
  const schemas = document.getElementById("schemas");
  schemas.append(createElement("h2", "", "schemas"));
  for (const name of Object.keys(api.components.schemas).sort()) schemas.append(schemaElement(name, api));
  openNamed();
}

function byTag(api) {
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const tag = item[method].tags?.[0] ?? OTHERS;
      groups.set(tag, [...(groups.get(tag) ?? []), { path, method, ...item[method] }]);
    }
  }
  return groups;
}

function access(schemes) {
  const list = createElement("dl", "fields");
  for (const [name, scheme] of Object.entries(schemes)) {
    list.append(term(name), description(inline(scheme.description ?? scheme.type)));
  }
  return list.children.length ? [createElement("h2", "", "access"), list] : [];
}

function operationElement(operation, api) {
  const details = createElement("details", "operation");
  details.id = operation.operationId;
  const summary = createElement("summary");
  summary.append(
    createElement("span", "method", operation.method.toUpperCase()),
    createElement("code", "path", operation.path),
    createElement("h3", "title", operation.summary ?? operation.path),
  );
  const inside = createElement("div", "inside");
  inside.append(...paragraphs(operation.description ?? ""), ...callers(operation));
  const parameters = operation.parameters ?? [];
  if (parameters.length) inside.append(createElement("h4", "", "Parameters"), parameterList(parameters));
  for (const [type, media] of Object.entries(operation.requestBody?.content ?? {})) {
    inside.append(createElement("h4", "", `Body: ${type}`), ...mediaElements(media));
  }
  inside.append(createElement("h4", "", "With curl"), code(curl(operation, api, location.origin)));
  for (const [status, response] of Object.entries(operation.responses)) {
    inside.append(createElement("h4", "", `${status} ${response.description ?? ""}`.trim()));
    for (const media of Object.values(response.content ?? {})) inside.append(...mediaElements(media));
  }
  details.append(summary, inside);
  return details;
}

function callers(operation) {
  const names = (operation.security ?? []).map((one) => Object.keys(one)[0] ?? "none needed");
  return names.length ? [createElement("p", "muted", `Access: ${names.join(", or ")}`)] : [];
}

function parameterList(parameters) {
  const list = createElement("dl", "fields");
  for (const parameter of parameters) {
    const kind = `${kindOf(parameter.schema)}, in the ${parameter.in}${parameter.required ? ", required" : ""}`;
    list.append(term(parameter.name), description([kindElement(kind), ...remarks(parameter)]));
  }
  return list;
}

/** A body's type or its fields, then its examples. */
function mediaElements(media) {
  const schema = media.schema ?? {};
  const name = refName(schema);
  const shown = name ? [schemaLink(name)] : schema.properties ? [fieldList(schema)] : [];
  const examples = Object.entries(media.examples ?? (media.example ? { example: { value: media.example } } : {}));
  return [...shown, ...examples.map(([title, example]) => exampleElement(title, example.value))];
}

function exampleElement(title, value) {
  const details = createElement("details", "example");
  details.append(createElement("summary", "", `Example: ${title}`), code(asText(value)));
  return details;
}

function schemaElement(name, api) {
  const details = createElement("details", "operation");
  details.id = schemaId(name);
  const summary = createElement("summary");
  summary.append(createElement("h3", "schema", name));
  const inside = createElement("div", "inside");
  const schema = api.components.schemas[name];
  inside.append(...paragraphs(schema.description ?? ""), fieldList(schema));
  details.append(summary, inside);
  return details;
}

function fieldList(schema) {
  const list = createElement("dl", "fields");
  if (schema.enum) return createElement("p", "kind", schema.enum.join(", "));
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const required = schema.required?.includes(name) ? ", required" : "";
    list.append(term(name), description([kindElement(`${kindOf(field)}${required}`), ...remarks(field)]));
  }
  return list;
}

/** A link to the schema that a field refers to, and its description. */
function remarks(field) {
  const links = refNames(field.schema ?? field).flatMap((name) => [" ", schemaLink(name)]);
  const text = field.description ?? field.schema?.description;
  return [...links, ...(text ? [document.createElement("br"), ...inline(text)] : [])];
}

function schemaId(name) {
  return `schema-${name}`;
}

function schemaLink(name) {
  const link = createElement("a", "", name);
  link.href = `#${schemaId(name)}`;
  return link;
}

function paragraphs(text) {
  return text.split(/\n\s*\n/).filter(Boolean).map((part) => {
    const paragraph = createElement("p");
    paragraph.append(...inline(part));
    return paragraph;
  });
}

/** Text with its `code` as elements. */
function inline(text) {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? createElement("code", "", part) : part));
}

function code(text) {
  const pre = createElement("pre");
  pre.tabIndex = 0;
  pre.setAttribute("aria-label", "Code");
  pre.append(createElement("code", "", text));
  return pre;
}

function asText(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function term(name) {
  const element = createElement("dt");
  element.append(createElement("code", "", name));
  return element;
}

function description(children) {
  const element = createElement("dd");
  element.append(...children);
  return element;
}

function kindElement(text) {
  return createElement("span", "kind", text);
}

/** Opens what the address names, so that a link to a part shows it. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) {
    named.open = true;
    named.scrollIntoView();
    named.querySelector("summary").focus({ preventScroll: true });
  }
}

addEventListener("hashchange", openNamed);
try {
  show(await fetchJson("/openapi.json"));
} catch (error) {
  document.getElementById("notice").append(createElement("p", "error", error.message));
}
