/** Deeper than any record. JSON can be parsed at any depth, but not stringified, so such a record could crash a reader. */
const DEEPEST = 32;

/** A record's bytes as an object; null where they are none, or one that is nested too deep. */
export function parseRecord(bytes: string): Record<string, unknown> | null {
  return isTooDeep(bytes) ? null : parseObject(bytes);
}

export function isTooDeep(json: string): boolean {
  let depth = 0;
  let inText = false;
  for (let place = 0; place < json.length; place++) {
    const character = json.charCodeAt(place);
    if (inText && character === 0x5c) place += 1;
    else if (character === 0x22) inText = !inText;
    else if (inText) continue;
    else if (character === 0x7b || character === 0x5b) depth += 1;
    else if (character === 0x7d || character === 0x5d) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

export function parseObject(text: string): Record<string, unknown> | null {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

export function parseText(json: string): string | null {
  const value = parsed(json);
  return typeof value === 'string' ? value : null;
}

/** Undefined where it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

export function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
