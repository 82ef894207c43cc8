import type { Json } from '../page-state.ts';

/** A value as an object; anything else becomes an empty one, whose fields are all absent. */
export function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The objects of an array; no array gives none. */
export function jsonList(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(asJson) : [];
}

/** The string in a field, or `''`. */
export function stringIn(object: Json, field: string): string {
  const value = object[field];
  return typeof value === 'string' ? value : '';
}

/** The words of a text object in a field, or `''`. */
export function wordsIn(object: Json, field: string): string {
  return stringIn(asJson(object[field]), 'text');
}
