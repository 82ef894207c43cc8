/** Replaces a secret. */
const REDACTED = '[redacted]';

const LEFT_OUT = '[left out]';
const MAX_TEXT_LENGTH = 16_384;
/** Shorter ones would match in every line; the patterns below still find them in their usual places. */
const MIN_SECRET_LENGTH = 4;

// In lower case, without _ and -.
const SECRET_KEYS = new Set(
  `responseurl responseurls authorization proxyauthorization cookie setcookie xslacksignature xamzsecuritytoken
  token bottoken apptoken accesstoken verificationtoken password signingsecret clientsecret secretaccesskey sessiontoken`.split(
    /\s+/,
  ),
);

// Requests, responses and their parts, where they are objects: libraries attach them to errors, and they are too large for a
// log line. (A `request` that is a text is the id of a request.)
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

// Quantifiers that could match the same text twice are bounded, so that a long line can't block the process.
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Slack's tokens: xoxb-, xoxp-, xoxe.xoxp-, xapp-, xwfp-, alone or in the middle of anything.
  [/x(?:ox[a-z]|app|wfp)(?:-|%2D)[\w.%-]+/gi, REDACTED],
  // A response_url, plain, with JSON's \/ and percent-encoded: the host is in all of them.
  [/hooks\.slack(?:-gov)?\.com[^\s"'<>&]*/gi, `hooks.slack.com/${REDACTED}`],
  // …and by the name of its field, since a local Slack has another host.
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
  // Passwords in URLs. One for Redis may contain / and @, so everything up to the last @ is removed.
  [/(rediss?(?:\+\w{1,16})?:\/\/)[^\s"'<>]{0,1000}@/gi, `$1${REDACTED}@`],
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/"'<>@]{1,1000}@/gi, `$1${REDACTED}@`],
];

/**
 * Makes a function that redacts every secret in a JSON value: by key, by pattern and by the given texts, in keys too.
 * @param secrets texts that are redacted in each encoding that is common in logs
 */
export function redactor(secrets: readonly string[]): (value: unknown) => unknown {
  const known = secretPattern(secrets);
  const clean = (text: string): string => {
    let result = known === null ? text : text.replace(known, REDACTED);
    for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
    return result.length > MAX_TEXT_LENGTH
      ? `${result.slice(0, MAX_TEXT_LENGTH)}… (${result.length} characters)`
      : result;
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
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ]);
  if (forms.length === 0) return null;
  // The longest first: where one secret is the beginning of another, the whole of the longer one must be replaced.
  const alternatives = [...new Set(forms)].sort((a, b) => b.length - a.length).map(escapeForRegExp);
  return new RegExp(alternatives.join('|'), 'gi');
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** A Buffer or byte array in JSON: numbers, which no pattern matches and which may be a key. */
function isBytes(value: object): boolean {
  const entries = Object.entries(value);
  if ('type' in value && value.type === 'Buffer') return true;
  return entries.length >= 8 && entries.every(([key, part], index) => key === String(index) && Number.isInteger(part));
}

/** A list like Node's rawHeaders, under any name: names and values in turn. */
function isHeaderPairs(values: readonly unknown[]): boolean {
  return values.some((value) => typeof value === 'string' && /^(?:proxy-)?authorization$/i.test(value));
}
