// Values of an OpenAPI document in words: a field's type, a call that can be copied.

/** A field's type in words: "list of text", "number or null". */
export function kindOf(schema = {}) {
  if (schema.$ref) return refName(schema);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (parts) return parts.map(kindOf).join(" or ");
  if (schema.type === "array") return `list of ${kindOf(schema.items)}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const limits = [
    schema.minimum !== undefined && `from ${schema.minimum}`,
    schema.maximum !== undefined && `to ${schema.maximum}`,
    schema.maxLength !== undefined && `at most ${schema.maxLength.toLocaleString("en")} characters`,
  ].filter(Boolean);
  return [schema.type ?? "any", ...limits].join(", ");
}

/** A call that can be copied, of the service at an origin: with the required parameters and the body's example or first fields. */
export function curl(operation, api, origin) {
  const path = operation.path.replaceAll(/[{}]/g, "").replaceAll("_", "-");
  const query = (operation.parameters ?? [])
    .filter((one) => one.in === "query" && one.required)
    .map((one) => `${one.name}=${encodeURIComponent(one.schema?.examples?.[0] ?? one.examples?.[0] ?? one.name)}`);
  const parts = [`curl -s '${origin}${path}${query.length ? `?${query.join("&")}` : ""}'`];
  if (operation.method !== "get" && operation.method !== "post") parts.push(`-X ${operation.method.toUpperCase()}`);
  const content = operation.requestBody?.content ?? {};
  if (content["application/json"]) {
    const body = JSON.stringify(sample(content["application/json"].schema, api)).replaceAll("'", "’");
    parts.push("-H 'content-type: application/json'", `-d '${body}'`);
  }
  if (content["multipart/form-data"]) parts.splice(1, parts.length, "-F files=@handbook.md");
  if (operation.security?.[0]?.apiKey) parts.push('-H "authorization: Bearer $SAYWHERE_API_KEY"');
  return parts.join(" \\\n     ");
}

function sample(schema = {}, api) {
  const resolved = refName(schema) ? api.components.schemas[refName(schema)] : schema;
  if (resolved.examples?.length) return resolved.examples[0];
  const required = resolved.required ?? [];
  return Object.fromEntries(required.map((name) => [name, sampleValue(resolved.properties[name], api)]));
}

function sampleValue(schema, api) {
  if (refName(schema)) return sample(schema, api);
  if (schema.examples?.length) return schema.examples[0];
  if (schema.type === "array") return [sampleValue(schema.items ?? {}, api)];
  return { boolean: true, integer: 1, number: 1, object: {} }[schema.type] ?? "…";
}

/** The name of the schema that this one refers to; undefined where it refers to none. */
export function refName(schema) {
  return schema?.$ref?.split("/").at(-1);
}

/** The names of all schemas that a value refers to, each once. */
export function refNames(value) {
  const own = typeof value?.$ref === "string" ? [refName(value)] : [];
  const parts = value && typeof value === "object" ? Object.values(value).flatMap(refNames) : [];
  return [...new Set([...own, ...parts])];
}
