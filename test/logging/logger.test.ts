import { describe, expect, it } from 'vitest';
import { boltLogger, createLogger, type Log } from '../../src/logging/logger.ts';

const KEY = '0123456789abcdef'.repeat(4);
const SIGNING = 's1gn1ngS3cret/+';
const PASSWORD = 'p@ss/word"x';
const HOOK = 'https://hooks.slack.com/actions/T0/123/LEAKHOOK';

/** A logger whose lines are kept, whole and parsed. */
function logged(write: (log: Log) => void, level: 'trace' | 'info' | 'error' = 'trace') {
  const lines: string[] = [];
  write(createLogger({ level, secrets: [KEY, SIGNING, PASSWORD], destination: { write: (line) => lines.push(line) } }));
  return { text: lines.join(''), lines: lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}

describe('createLogger', () => {
  it('writes one JSON object a line, with the level by name, the time and the request', () => {
    const { text, lines } = logged((log) => log.child({ request: 'r-1' }).info({ rate: 5 }, 'applied to %s', 'exec-1'));
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'info', request: 'r-1', rate: 5, msg: 'applied to exec-1' });
    expect(lines[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('keeps quiet below its level', () => {
    expect(logged((log) => log.info('x'), 'error').lines).toEqual([]);
  });

  it('tells an error with its causes, and the ids that help to find it', () => {
    const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const err = Object.assign(new TypeError('no answer', { cause }), {
      $metadata: { httpStatusCode: 503, requestId: 'aws-1' },
      config: { headers: { 'x-other': 'LEAKCONFIG' } },
      response: { body: 'LEAKBODY' },
    });
    for (const fields of [err, { err }, { failure: err }, { deep: [{ err }] }]) {
      const { text } = logged((log) => log.error(fields, 'failed'));
      expect(text).toContain('"message":"no answer"');
      expect(text).toContain('"cause":{"type":"Error","message":"reset"');
      expect(text).toContain('"code":"ECONNRESET"');
      expect(text).toContain('"status":503,"requestId":"aws-1"');
      expect(text).not.toContain('LEAK');
    }
  });

  it('survives circles, deep ones too, and values that JSON has no word for', () => {
    const circle: Record<string, unknown> = { big: 2n ** 64n, map: new Map([['a', 1]]) };
    circle.self = circle;
    const loop = new Error('loop');
    loop.cause = loop;
    const { lines } = logged((log) => log.warn({ circle, err: loop }, 'odd'));
    expect(lines[0]).toMatchObject({ msg: 'odd', circle: { big: '18446744073709551616', self: '[seen above]' } });
  });

  it('cuts a text that is too long, and is quick about it', () => {
    const long = ['a', 'redis://', 'http://a', 'response_url', 'xoxb', '\\', 'authorization='].map((part) =>
      part.repeat(100_000),
    );
    const before = process.cpuUsage();
    const { text } = logged((log) => log.info({ long }));
    // CPU time: a machine that is busy with other things is no fault.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5_000);
    expect(text.length).toBeLessThan(200_000);
  });
});

const leaks: Record<string, (log: Log) => void> = {
  'a token in the message': (log) => log.info('using xoxb-LEAK-1'),
  'a token in an argument': (log) => log.info('using %s and %o', 'xapp-1-LEAK', { a: 'xoxp-LEAK' }),
  'a token inside a word': (log) => log.info('bot_xoxb-LEAK-2_end'),
  'a token of another kind': (log) =>
    log.info({ a: 'xoxe.xoxp-1-LEAK', b: 'xoxe-LEAK', c: 'XOXB-LEAK', d: 'xwfp-LEAK' }),
  'a token as a key': (log) => log.info({ 'xoxb-LEAK': 1 }),
  'a token in nested JSON': (log) => log.info({ body: JSON.stringify({ a: JSON.stringify({ t: 'xoxb-LEAK' }) }) }),
  'a token in a form': (log) => log.info({ body: 'token=xoxb%2DLEAK&x=1' }),
  'a token in a child': (log) => log.child({ who: { token: 'LEAK', t: 'xoxb-LEAK' } }).info('x'),
  'a token in an error': (log) => log.error(new Error('invalid xoxb-LEAK'), 'failed'),
  'a token in a cause': (log) => log.error({ err: new Error('a', { cause: new Error('xoxb-LEAK') }) }),
  'a token in an aggregate': (log) => log.error({ err: new AggregateError([new Error('xoxb-LEAK')], 'all') }),
  'a token in a thrown text': (log) => log.error({ err: 'xoxb-LEAK' }),
  'a token from a toJSON': (log) => log.info({ a: { toJSON: () => ['xoxb-LEAK'] } }),
  'an error in a child': (log) =>
    log.child({ why: Object.assign(new Error('x'), { config: { a: 'LEAK' }, headers: { b: 'LEAK' } }) }).info('x'),
  'an error with a toJSON': (log) =>
    log.info({ a: { b: Object.assign(new Error('x'), { toJSON: () => ({ headers: 'LEAK', sent: 'LEAK' }) }) } }),
  'a response_url': (log) => log.info({ response_url: 'http://127.0.0.1/LEAK', responseUrl: 'LEAK' }),
  'a list of response_urls': (log) => log.info({ response_urls: [{ response_url: 'http://127.0.0.1/LEAK' }] }),
  'a response_url in the message': (log) => log.info(`posting to ${HOOK} now`),
  'a response_url in a JSON body': (log) => log.info({ body: `{"response_url":"http:\\/\\/127.0.0.1\\/LEAK"}` }),
  'a response_url as Slack escapes it': (log) => log.info({ body: `"${HOOK.replaceAll('/', '\\/')}"` }),
  'a response_url in a form': (log) =>
    log.info({
      body: `a=1&response_url=${encodeURIComponent('http://127.0.0.1/LEAK')}&b=2`,
      c: encodeURIComponent(HOOK),
    }),
  'a payload in a form': (log) =>
    log.info(`payload=${encodeURIComponent(JSON.stringify({ response_url: 'http://127.0.0.1/LEAK' }))}`),
  'an inspected response_url': (log) => log.info("{ response_url: 'http://127.0.0.1/LEAK' }"),
  'an Authorization header': (log) => log.info({ Authorization: 'LEAK', a: { 'proxy-authorization': 'LEAK' } }),
  'headers of any name': (log) => log.info({ headers: { 'x-any': 'LEAK' }, rawHeaders: ['x-any', 'LEAK'] }),
  'headers as a list': (log) => log.info({ sent: ['Host', 'a', 'Authorization', 'LEAK'] }),
  'a bearer in a text': (log) => log.info('authorization: Bearer LEAK12345, then Bearer LEAK67890'),
  'an authorization in a dump': (log) => log.info(`{ "authorization": "Basic LEAK" } 'Authorization': 'LEAK'`),
  "AWS's signature": (log) => log.info('AWS4-HMAC-SHA256 Credential=LEAK/x, SignedHeaders=host, Signature=LEAK'),
  "AWS's credentials": (log) => log.info({ credentials: { secretAccessKey: 'LEAK', sessionToken: 'LEAK' } }),
  'a presigned address': (log) => log.info('https://s3.example/?X-Amz-Signature=LEAK&X-Amz-Security-Token=LEAK'),
  'a Redis password': (log) => log.info('at redis://:LEAK@h:6379 and rediss+cluster://u:LE/AK@LEAK@h,i'),
  'a proxy password': (log) => log.error(new Error('connect http://me:LEAK@proxy:3128 failed')),
  'a request object': (log) => log.info({ request: { body: 'LEAK' }, req: { url: 'LEAK' }, res: { body: 'LEAK' } }),
};

const secrets: Record<string, (log: Log) => void> = {
  'in a message': (log) => log.info(`key ${KEY} and ${SIGNING} and ${PASSWORD}`),
  'in capitals': (log) => log.info(KEY.toUpperCase()),
  'in a key': (log) => log.info({ [KEY]: { [SIGNING]: 1 } }),
  'in an error': (log) => log.error(new Error(`bad ${SIGNING}`, { cause: new Error(PASSWORD) })),
  'percent-encoded': (log) => log.info(encodeURIComponent(`${SIGNING} ${PASSWORD}`)),
  'in nested JSON': (log) => log.info({ body: JSON.stringify({ a: PASSWORD, b: KEY }) }),
  'in base64': (log) => log.info(Buffer.from(SIGNING).toString('base64')),
  'as bytes': (log) => log.info({ key: Buffer.from(KEY, 'hex'), more: [new Uint8Array(Buffer.from(KEY, 'hex'))] }),
  'as bytes in a child': (log) =>
    log.child({ key: Buffer.from(KEY, 'hex'), raw: new Uint8Array(Buffer.from(KEY, 'hex')) }).info('x'),
  'through Bolt': (log) => boltLogger(log).error('failed', SIGNING, { a: [PASSWORD] }, new Error(KEY)),
};

const shapes = [
  KEY,
  SIGNING,
  PASSWORD,
  encodeURIComponent(SIGNING),
  encodeURIComponent(PASSWORD),
  JSON.stringify(PASSWORD).slice(1, -1),
  Buffer.from(SIGNING).toString('base64'),
  [...Buffer.from(KEY, 'hex').subarray(0, 4)].join(','),
  '"0":1,"1":35',
];

describe('what no line may hold', () => {
  it.each(Object.entries(leaks))('%s', (_, write) => {
    const { text, lines } = logged(write);
    expect(lines).toHaveLength(1);
    expect(text).not.toContain('LEAK');
  });

  it.each(Object.entries(secrets))('a secret %s', (_, write) => {
    const { text, lines } = logged(write);
    expect(lines).toHaveLength(1);
    for (const shape of shapes) expect(text.toLowerCase()).not.toContain(shape.toLowerCase());
  });

  it('leaves the rest of the line as it was', () => {
    const arn = 'arn:aws:datasync:eu-west-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';
    const fields = {
      execution: arn,
      reason: 'mail a@b.example, see https://wiki.example/x?y=1',
      at: '10:00',
      rate: -1,
    };
    expect(logged((log) => log.info(fields, 'Basic Information about redis://127.0.0.1:6379')).lines[0]).toMatchObject({
      ...fields,
      msg: 'Basic Information about redis://127.0.0.1:6379',
    });
    expect(logged((log) => log.info(`before ${HOOK} after`)).lines[0]?.msg).toBe(
      'before https://hooks.slack.com/[redacted] after',
    );
  });
});

describe('boltLogger', () => {
  it('takes texts, errors and anything else', () => {
    const { lines } = logged((log) => boltLogger(log).warn('100% %s', 'sure', new Error('why'), { a: 1 }));
    expect(lines[0]).toMatchObject({
      level: 'warn',
      msg: '100% %s sure',
      err: { message: 'why' },
      details: [{ a: 1 }],
    });
  });

  it('has a level and a name of its own', () => {
    const { lines } = logged((log) => {
      const bolt = boltLogger(log);
      expect(bolt.getLevel()).toBe('debug');
      bolt.setLevel('error' as ReturnType<typeof bolt.getLevel>);
      expect(bolt.getLevel()).toBe('error');
      bolt.setName('socket-mode');
      bolt.warn('unheard');
      bolt.error('heard');
      log.info('ours');
    });
    expect(lines).toMatchObject([{ msg: 'heard', name: 'socket-mode' }, { msg: 'ours' }]);
  });
});
