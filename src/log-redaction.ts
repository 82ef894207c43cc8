/** What stands where a secret stood. */
const REDACTED = '[redacted]';

const LEFT_OUT = '[left out]';
const LONGEST_TEXT = 16_384;
/** Shorter ones would tear holes into every line; the patterns below still catch them where they usually stand. */
const SHORTEST_SECRET = 4;

// Compared without case, _ and -.
const SECRET_KEYS = new Set(
  `responseurl responseurls authorization proxyauthorization cookie setcookie xslacksignature xamzsecuritytoken
  token bottoken apptoken accesstoken verificationtoken password signingsecret clientsecret secretaccesskey sessiontoken`.split(
    /\s+/,
  ),
);

// Requests, responses and their parts, where they are objects (`request` as a text is a request's id): whatever a
// library hangs on an error, it is more than a log line is for.
const BULKY_KEYS = new Set([
  'headers',
  'rawheaders',
  'config',
  'request',
  'req',
  'response',
  'res',
  '$response',
  'agent',
  'socket',
]);

// Every quantifier that could run over the same text twice has an end, so that a long line can't hold up the process.
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Slack's tokens: xoxb-, xoxp-, xoxe.xoxp-, xapp-, xwfp-, alone or in the middle of anything.
  [/x(?:ox[a-z]|app|wfp)(?:-|%2D)[\w.%-]+/gi, REDACTED],
  // A response_url, plain, with JSON's \/ and percent-encoded: the host is in all of them.
  [/hooks\.slack(?:-gov)?\.com[^\s"'<>&]*/gi, `hooks.slack.com/${REDACTED}`],
  // …and on whatever host a local Slack has, told by its name.
  [
    /(response_?url(?:\\{0,8}["']|%22)?\s{0,8}(?:[:=]|%3A|%3D)\s{0,8}(?:\\{0,8}["']|%22)?)[^\s"'&,}]+/gi,
    `$1${REDACTED}`,
  ],
  [/(authorization\\{0,8}["']?\s{0,8}[:=]\s{0,8}\\{0,8}["']?)[^"'\r\n]+/gi, `$1${REDACTED}`],
  [/\b(Bearer)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\b(Basic)\s+[A-Za-z0-9+/]{6,}={1,2}/gi, `$1 ${REDACTED}`],
  [/AWS4-HMAC-SHA256\s+Credential=[^"'\r\n]*/gi, `AWS4-HMAC-SHA256 ${REDACTED}`],
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^\s&"'<>]+/gi, `$1${REDACTED}`],
  [/(v0=)[0-9a-f]{64}/gi, `$1${REDACTED}`],
  // Passwords in addresses. A Redis one may hold / and @, so everything up to the last @ goes.
  [/(rediss?(?:\+\w{1,16})?:\/\/)[^\s"'<>]{0,1000}@/gi, `$1${REDACTED}@`],
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/"'<>@]{1,1000}@/gi, `$1${REDACTED}@`],
];

/**
 * Makes the function that takes every secret out of a JSON value: by key, by pattern and by the given texts, in keys too.
 * @param secrets texts that must not appear in any form that they are usually written in
 */
export function redactor(secrets: readonly string[]): (value: unknown) => unknown {
  const known = secretPattern(secrets);
  const clean = (text: string): string => {
    let result = known === null ? text : text.replace(known, REDACTED);
    for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
    return result.length > LONGEST_TEXT ? `${result.slice(0, LONGEST_TEXT)}… (${result.length} characters)` : result;
  };

  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return isHeaderPairs(value) ? LEFT_OUT : value.map(redact);
    if (value === null || typeof value !== 'object') return value;
    if (isBytes(value)) return LEFT_OUT;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [clean(key), redactEntry(key, part)]));
  };
  const redactEntry = (key: string, part: unknown): unknown => {
    if (part === null || part === undefined) return part;
    if (SECRET_KEYS.has(key.toLowerCase().replaceAll(/[_-]/g, ''))) return REDACTED;
    if (BULKY_KEYS.has(key.toLowerCase()) && typeof part === 'object') return LEFT_OUT;
    return redact(part);
  };
  return redact;
}

function secretPattern(secrets: readonly string[]): RegExp | null {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ]);
  if (forms.length === 0) return null;
  // The longest first: a secret that begins with another one must not leave its end behind.
  const alternatives = [...new Set(forms)].sort((a, b) => b.length - a.length).map(escapeForRegExp);
  return new RegExp(alternatives.join('|'), 'gi');
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** A Buffer or a byte array as JSON has it: numbers that no pattern sees, and that may spell a key. */
function isBytes(value: object): boolean {
  const entries = Object.entries(value);
  if ('type' in value && value.type === 'Buffer') return true;
  return entries.length >= 8 && entries.every(([key, part], index) => key === String(index) && Number.isInteger(part));
}

/** Node's rawHeaders under another name: names and values in turn. */
function isHeaderPairs(values: readonly unknown[]): boolean {
  return values.some((value) => typeof value === 'string' && /^(?:proxy-)?authorization$/i.test(value));
}
