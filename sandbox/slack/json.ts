/** An object as it comes over the wire: its fields are looked at before they are relied on. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is a plain JSON object (no array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a JSON array; anything else in it is left out, and a value that is no array gives none. */
export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The string in a field, or `''`. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Parses JSON; undefined for a text that is none. */
export function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
