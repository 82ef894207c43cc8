/** Freezes a value and the plain objects and arrays in it. */
export function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (isPlain(part)) deepFreeze(part);
  return Object.freeze(value);
}

// Node can't freeze a Buffer, and a KeyObject is immutable already.
function isPlain(value: unknown): value is object {
  return (
    Array.isArray(value) ||
    (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
  );
}
