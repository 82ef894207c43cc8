import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, LONGEST_REASON, parseCommand } from '../../src/slack/command-text.ts';

const MiB = 1024 ** 2;
const ARN = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0fedcba9876543210';
const TASK_ARN = 'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0';

function ask(text: string) {
  const command = parseCommand(text);
  if (command.kind !== 'ask') throw new Error(`${text} was read as ${JSON.stringify(command)}`);
  const { execution, rate, durationSeconds, reason } = command;
  return {
    arn: execution.arn,
    rate: rate.kind === 'percent' ? `${rate.percent}%` : rate.bytesPerSecond,
    durationSeconds,
    reason,
  };
}

describe('asking for a throttle', () => {
  it.each([
    ['a rate', '50MiB/s', 50 * MiB, null, null],
    ['a rate with a space', '50 MB/s', 50 * MiB, null, null],
    ['bits with a space', '400 Mbit/s', 50_000_000, null, null],
    ['a percentage', '50%', '50%', null, null],
    ['a percentage with a space', '50 % backup', '50%', null, 'backup'],
    ['bytes', '52428800', 52428800, null, null],
    ['unlimited', 'UNLIMITED', -1, null, null],
    ['a duration', '50MiB/s for 2h', 50 * MiB, 7200, null],
    ['a duration and a reason', '50 MB/s FOR 1h30m cutover weekend', 50 * MiB, 5400, 'cutover weekend'],
    ['a reason', '50MiB/s cutover weekend', 50 * MiB, null, 'cutover weekend'],
    ['a reason that begins with for', '50MiB/s for the cutover', 50 * MiB, null, 'for the cutover'],
    ['a time in a quoted reason', '50MiB/s "quiet for 2h please"', 50 * MiB, null, 'quiet for 2h please'],
    ['a quoted reason after bytes', '52428800 "bandwidth is short"', 52428800, null, 'bandwidth is short'],
    ['a duration after bytes', '52428800 for 2h bandwidth is short', 52428800, 7200, 'bandwidth is short'],
    ['a reason that begins with digits', '50MiB/s 3 links down', 50 * MiB, null, '3 links down'],
    ['an ordinal', '50MiB/s for a second attempt tonight', 50 * MiB, null, 'for a second attempt tonight'],
    ['a path', '50MiB/s /data is slow', 50 * MiB, null, '/data is slow'],
    ['a full-width duration', '50MiB/s for ２h', 50 * MiB, 7200, null],
    ['a quoted duration', '50MiB/s for “2h” cutover', 50 * MiB, 7200, 'cutover'],
    [
      'an hour of the day in a reason',
      '50MiB/s for the customer call at 9',
      50 * MiB,
      null,
      'for the customer call at 9',
    ],
    ['an until in a reason', '50MiB/s for ACME until they are done', 50 * MiB, null, 'for ACME until they are done'],
    [
      'a call at some time',
      '50MiB/s call with Bo at 18:00 on Monday',
      50 * MiB,
      null,
      'call with Bo at 18:00 on Monday',
    ],
    ['an hourly report', '50MiB/s for an hourly report', 50 * MiB, null, 'for an hourly report'],
    ['a day’s work', '50MiB/s for one day’s backlog of 3 tasks', 50 * MiB, null, 'for one day’s backlog of 3 tasks'],
    [
      'the end of something',
      '50MiB/s quiet until the end of the backup',
      50 * MiB,
      null,
      'quiet until the end of the backup',
    ],
    ['invisible characters', '\ufeff50\u200bMiB/s\ufeff for\u200b 2\u00adh', 50 * MiB, 7200, null],
    ['a reason in quotes', '50MiB/s "cutover weekend"', 50 * MiB, null, 'cutover weekend'],
    ['a reason in smart quotes', '50MiB/s for 2h “cutover weekend”', 50 * MiB, 7200, 'cutover weekend'],
    ['a reason with two quoted words', '50MiB/s "a" and "b"', 50 * MiB, null, '"a" and "b"'],
    ['a reason over lines', '50MiB/s  cutover\n\tweekend ', 50 * MiB, null, 'cutover weekend'],
    ['a rate as code, with a comma', '`50MiB/s`, cutover', 50 * MiB, null, 'cutover'],
    ['entities', '50MiB/s R&amp;D needs &lt;1 s', 50 * MiB, null, 'R&D needs <1 s'],
    ['an entity that was typed', '50MiB/s &amp;lt;', 50 * MiB, null, '&lt;'],
    ['a mention', '50MiB/s asked by <@U0123|jane> in <#C0123|ops>', 50 * MiB, null, 'asked by @jane in #ops'],
    [
      'a link',
      '50MiB/s see <https://example.com/a?b&amp;c|the ticket>',
      50 * MiB,
      null,
      'see https://example.com/a?b&c',
    ],
    ['a group', '50MiB/s <!subteam^S012|@ops> agreed', 50 * MiB, null, '@ops agreed'],
    ['characters that turn the text', '50MiB/s a\u202eb\u0000c', 50 * MiB, null, 'a b c'],
  ])('%s', (_what, words, rate, durationSeconds, reason) => {
    expect(ask(`${ARN} ${words}`)).toEqual({ arn: ARN, rate, durationSeconds, reason });
  });

  it.each([`\`${ARN}\``, `&lt;${ARN}&gt;`, `<${ARN}>`, `"${ARN}",`, `  ${ARN}. `, `“${ARN}”`])(
    'takes the ARN out of %s',
    (typed) => {
      expect(ask(`${typed} 50%`).arn).toBe(ARN);
    },
  );

  it('keeps the rate as it was typed', () => {
    expect(parseCommand(`${ARN} 50 MB/s`)).toMatchObject({ kind: 'ask', rateText: '50 MB/s' });
  });

  it('takes a reason of 500 characters, whatever they are', () => {
    const reason = '🚚'.repeat(LONGEST_REASON);
    expect(ask(`${ARN} 50% ${reason}`).reason).toBe(reason);
  });
});

describe('the other words', () => {
  it.each<[string, Command]>([
    ['', { kind: 'open-modal', execution: null }],
    [' \n ', { kind: 'open-modal', execution: null }],
    ['help', { kind: 'help' }],
    ['HELP me', { kind: 'help' }],
    ['Requests', { kind: 'requests' }],
    ['undo R-0123456789', { kind: 'undo', request: 'r-0123456789' }],
    ['List', { kind: 'list' }],
    ['audit', { kind: 'audit', by: null, sinceSeconds: null }],
    ['audit since 7d', { kind: 'audit', by: null, sinceSeconds: 604_800 }],
    ['AUDIT r-0123456789', { kind: 'audit', by: { kind: 'request', id: 'r-0123456789' }, sinceSeconds: null }],
    ['audit `R-0123abcdef`', { kind: 'audit', by: { kind: 'request', id: 'r-0123abcdef' }, sinceSeconds: null }],
    [`audit ${ARN} Since 1h`, { kind: 'audit', by: { kind: 'execution', arn: ARN }, sinceSeconds: 3600 }],
    ['audit <@U0123|jane> since 1d', { kind: 'audit', by: { kind: 'user', id: 'U0123' }, sinceSeconds: 86_400 }],
    ['audit verify', { kind: 'audit-verify' }],
    ['Audit `Export`', { kind: 'audit-export', sinceSeconds: null }],
    ['audit export since 7d', { kind: 'audit-export', sinceSeconds: 604_800 }],
    ['audit <@W0123>', { kind: 'audit', by: { kind: 'user', id: 'W0123' }, sinceSeconds: null }],
  ])('%j', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it('reads the ARN of a status, and after `why` what could be asked', () => {
    expect(parseCommand(`status \`${ARN}\``)).toMatchObject({ kind: 'status', execution: { arn: ARN } });
    expect(parseCommand(`Why ${ARN} 50 MB/s for 2h`)).toMatchObject({
      ...{ kind: 'why', execution: { arn: ARN }, rateText: '50 MB/s', durationSeconds: 7200, reason: null },
      rate: { kind: 'absolute', bytesPerSecond: 50 * MiB },
    });
  });

  it.each([
    ['until 18:00', { day: 'today', hour: 18, minute: 0, typed: '18:00' }, null],
    ['UNTIL `18:00` cutover', { day: 'today', hour: 18, minute: 0, typed: '18:00' }, 'cutover'],
    ['until tomorrow 06:00 cutover', { day: 'tomorrow', hour: 6, minute: 0, typed: 'tomorrow 06:00' }, 'cutover'],
    [
      'until 2026-12-01 06:00',
      { day: { year: 2026, month: 12, day: 1 }, hour: 6, minute: 0, typed: '2026-12-01 06:00' },
      null,
    ],
  ])('reads the end %j', (words, until, reason) => {
    expect(parseCommand(`${ARN} 50MiB/s ${words}`)).toMatchObject({
      kind: 'ask',
      durationSeconds: null,
      until,
      reason,
    });
  });

  it('opens the modal on an ARN alone', () => {
    expect(parseCommand(`\`${ARN}\``)).toMatchObject({ kind: 'open-modal', execution: { arn: ARN } });
  });
});

describe('what is not understood', () => {
  it.each([
    ['throttle it', 'throttle', 'unknown-word', '`requests`'],
    ['list all', 'all', 'too-many-words', '`list` alone'],
    ['status', 'status', 'no-execution', 'ARN of one task execution'],
    [`status ${ARN} 50MiB/s`, '50MiB/s', 'too-many-words', 'ARN of one task execution'],
    ['status exec-0fedcba9876543210', 'exec-0fedcba9876543210', 'not-an-arn', 'whole ARN'],
    ['why', 'why', 'no-execution', 'after `why`'],
    [`why ${ARN}`, ARN.slice(0, 59), 'no-rate', 'after `why`'],
    [`why ${ARN} 50mb/s`, '50mb/s', 'ambiguous-unit', '`50MB/s` for bytes'],
    [`why ${ARN} 5MiB/s for 8d`, '8d', 'too-long', '`7d`'],
    [`why ${ARN} 50MB/s two hours`, 'two hours', 'unread-time', '`for 2h`'],
    ['why 5MiB/s now', '5MiB/s', 'not-an-arn', 'whole ARN'],
    ['undo', 'undo', 'no-request', 'after `undo`'],
    ['undo it', 'it', 'no-request', 'one request id'],
    ['undo r-0123456789 please', 'please', 'too-many-words', 'one request id'],
    ['audit verify now', 'now', 'too-many-words', '`audit verify` alone'],
    ['audit export r-0123456789', 'r-0123456789', 'too-many-words', '`audit export` alone'],
    ['audit export since', 'since', 'no-duration', '`7d`'],
    ['audit export all', 'all', 'unknown-word', '`since`'],
    ['audit @jane', '@jane', 'unknown-word', '@user'],
    ['audit r-012', 'r-012', 'unknown-word', 'request id'],
    ['audit since', 'since', 'no-duration', '`7d`'],
    ['audit since soon', 'soon', 'not-a-duration', '`30m`'],
    ['audit since 8d', '8d', 'too-long', '`7d`'],
    ['audit since 1d please', 'please', 'too-many-words', '`since`'],
    ['audit r-0123456789 1d', '1d', 'too-many-words', '`since`'],
    [`audit ${TASK_ARN}`, TASK_ARN.slice(0, 59), 'task-arn', '/execution/exec-'],
    ['requests of mine', 'of mine', 'too-many-words', 'alone'],
    ['-5', '-5', 'unknown-word', 'ARN'],
    ['<@U0123|jane>', '@jane', 'unknown-word', 'ARN'],
    [`${TASK_ARN} 50MiB/s`, TASK_ARN.slice(0, 59), 'task-arn', '/execution/exec-'],
    ['arn:aws:datasync:us-east-1:111122223333:agent/agent-0123456789abcdef0', 'arn:aws:datasync', 'agent-arn', 'agent'],
    ['arn:aws:s3:::bucket 50MiB/s', 'arn:aws:s3:::bucket', 'other-service', 'DataSync'],
    ['exec-0fedcba9876543210 50MiB/s', 'exec-0fedcba9876543210', 'not-an-arn', 'whole ARN'],
    [`${ARN} 0`, '0', 'zero', '`unlimited`'],
    [`${ARN} -5`, '-5', 'negative', '`unlimited`'],
    [`${ARN} -5 MB/s`, '-5 MB/s', 'negative', '`unlimited`'],
    [`${ARN} fast`, 'fast', 'not-a-rate', '`50MiB/s`'],
    [`${ARN} for 2h`, 'for', 'not-a-rate', '`50MiB/s`'],
    [`${ARN} 50mb/s`, '50mb/s', 'ambiguous-unit', '`50MB/s` for bytes or `50Mbit/s` for bits'],
    [`${ARN} 50 mb/s for 2h`, '50 mb/s', 'ambiguous-unit', '`50MB/s` for bytes or `50Mbit/s` for bits'],
    [`${ARN} 50 M`, '50 M', 'ambiguous-unit', '`50MB/s`'],
    [`${ARN} 1e400`, '1e400', 'not-a-rate', 'exponent'],
    [`${ARN} 52 428 800`, '52 428 800', 'not-a-rate', 'without spaces'],
    [`${ARN} 1 000 000 for 2h`, '1 000 000', 'not-a-rate', '`1000000B/s`'],
    [`${ARN} 1 000 MB/s`, '1 000 MB/s', 'not-a-rate', '`1000MB/s`'],
    [`${ARN} 50`, '50', 'no-unit', '`50MB/s` for megabytes'],
    [`${ARN} 50 for 2h`, '50', 'no-unit', '`50MB/s` for megabytes'],
    [`${ARN} 50 Mo/s`, '50 Mo/s', 'unknown-unit', '`50MB/s`'],
    [`${ARN} 50 МБ/с`, '50 МБ/с', 'unknown-unit', '`50MB/s`'],
    [`${ARN} 1.500 MB/s`, '1.500 MB/s', 'not-a-rate', '`1500MB/s` or `1.5MB/s`'],
    [`${ARN} max 50MB/s`, 'max 50MB/s', 'not-a-rate', 'alone: `50MB/s`'],
    [`${ARN} up to 50 MB/s`, 'up to 50 MB/s', 'not-a-rate', 'alone: `50 MB/s`'],
    [`${ARN} min 50 MB/s`, 'min 50 MB/s', 'not-a-rate', 'a rate such as'],
    [`${ARN} &gt;50MB/s`, '>50MB/s', 'not-a-rate', 'a rate such as'],
    [`${ARN} 0x10`, '0x10', 'not-a-rate', 'decimal digits'],
    [`${ARN} 200 GB/h`, '200 GB/h', 'unknown-unit', 'a known unit'],
    [`${ARN} 200GB per hour`, '200GB per hour', 'unknown-unit', 'a known unit'],
    [`${ARN} 200GB an hour`, '200GB an hour', 'unknown-unit', 'a known unit'],
    [`${ARN} 50MB/s /h`, '50MB/s /h', 'unknown-unit', 'a known unit'],
    [`${ARN} 50 MB / h`, '50 MB / h', 'unknown-unit', 'a known unit'],
    [`${ARN} 52428800 bandwidth is short`, '52428800 bandwidth', 'unknown-unit', 'a known unit'],
    [`${ARN} 52428800 3 links down`, '52428800 3', 'not-a-rate', 'one number'],
    [`${ARN} 50% more`, '50% more', 'bad-percent', '`50%` alone'],
    [`${ARN} 50 % less for 2h`, '50 % less', 'bad-percent', '`50%` alone'],
    [`${ARN} 50% of 100MB/s`, '100mb/s', 'unread-rate', 'one rate'],
    [`${ARN} 50MB/s 100%`, '100%', 'unread-rate', 'one rate'],
    [`${ARN} 50MB/s unlimited`, 'unlimited', 'unread-rate', 'one rate'],
    [`${ARN} 50\u202eMB/s`, '50[U+202E]MB/s', 'not-a-rate', 'U+202E'],
    [`${ARN.slice(0, 40)}\u202e${ARN.slice(40)} 50%`, ARN.slice(0, 40), 'malformed', 'U+202E'],
    [`${ARN} 50MiB/s for`, 'for', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for two hours`, 'for two hours', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for an hour`, 'for an hour', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for the next two hours`, 'for the next two hours', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for a week`, 'for a week', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for2h`, 'for2h', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for two more hours`, 'for two more hours', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for one and a half hours`, 'for one and a half hours', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for ½ hour`, 'for ½ hour', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for: 2h`, 'for: 2h', 'unread-time', 'without the colon'],
    [`${ARN} 50MiB/s for "2h cutover"`, 'for 2h', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for tonight`, 'for tonight', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s 2h`, '2h', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s 2h cutover`, '2h', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s two hours`, 'two hours', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s 30`, '30', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s cutover for 2h`, 'for 2h', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s quiet for 2h please`, 'for 2h', 'unread-time', 'in quotes'],
    [`${ARN} 50MiB/s cutover 2h`, '2h', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for 2h 30`, '30', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for 2h and 30m`, '30m', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s for 2h until 18:00`, 'until 18:00', 'unread-time', '`for 2h`'],
    [`${ARN} 50MiB/s cutover until tomorrow`, 'until tomorrow', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s from 18:00 to 20:00`, 'from 18:00', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s 18:00`, '18:00', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s until`, 'until', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s until 6pm`, '6pm', 'not-a-time', '`until 18:00`'],
    [`${ARN} 50MiB/s until 6 pm cutover`, '6 pm', 'not-a-time', '`until 18:00`'],
    [`${ARN} 50MiB/s until tomorrow 6am`, 'tomorrow 6am', 'not-a-time', '`until tomorrow 06:00`'],
    [`${ARN} 50MiB/s until they are done`, 'they', 'not-a-time', '`until 18:00`'],
    [`${ARN} 50MiB/s until18:00`, 'until18:00', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s until 18:00 tomorrow`, '18:00 tomorrow', 'unread-time', 'before the time'],
    [`${ARN} 50MiB/s until 18:00, on Friday`, '18:00 on Friday', 'unread-time', 'before the time'],
    [`${ARN} 50MiB/s until 18:00 2026-12-01`, '18:00 2026-12-01', 'unread-time', 'before the time'],
    [`${ARN} 50MiB/s until 18:00 PT`, '18:00 PT', 'unread-time', 'your own clock'],
    [`${ARN} 50MiB/s until: 18:00`, '18:00', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s till 18:00`, '18:00', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s until 06:00 pm`, '06:00 pm', 'not-a-time', '`until 18:00`'],
    [`${ARN} 50MiB/s until 18:00 UTC`, '18:00 UTC', 'unread-time', 'your own clock'],
    [`${ARN} 50MiB/s until 18:00 Berlin time`, '18:00 Berlin time', 'unread-time', 'your own clock'],
    [
      `${ARN} 50MiB/s until tomorrow 06:00 New York time`,
      'tomorrow 06:00 New York time',
      'unread-time',
      'your own clock',
    ],
    [`${ARN} 50MiB/s until 18:00 Europe/Berlin`, '18:00 Europe/Berlin', 'unread-time', 'your own clock'],
    [`${ARN} 50MiB/s before 6pm`, 'before 6pm', 'unread-time', '`until 18:00`'],
    [`${ARN} 50MiB/s tonight`, 'tonight', 'unread-time', '`until 18:00`'],
    [`${ARN} 52,428,800`, '52,428,800', 'not-a-rate', '`52428800`'],
    [`${ARN} 50 megabytes per second`, '50 megabytes per', 'unknown-unit', '`50MB/s`'],
    [`${ARN} 50 MB / s`, '50 MB /', 'unknown-unit', '`50MB/s`'],
    [`${ARN} 50MiB/s for 10s`, '10s', 'too-short', '`1m`'],
    [`${ARN} 50MiB/s for 30`, '30', 'no-unit', '`30m`'],
    [`${ARN} 50MiB/s for 2 hours please`, '2 hours', 'unknown-unit', '`2h`'],
    [`${ARN} 50MiB/s for 1h 30m cutover`, '1h 30m', 'not-a-duration', '`1h30m`'],
    [`${ARN} 50% ${'x'.repeat(501)}`, 'x'.repeat(59), 'reason-too-long', '500'],
    ['x'.repeat(10_000), 'x'.repeat(59), 'unknown-word', 'ARN'],
    [`${ARN} ${'9'.repeat(10_000)}`, '9'.repeat(59), 'too-large', '`unlimited`'],
  ])('%j', (text, part, kind, expected) => {
    const command = parseCommand(text);
    expect(command).toMatchObject({ kind: 'not-understood', problem: { kind } });
    if (command.kind !== 'not-understood') return;
    expect(command.part.startsWith(part), command.part).toBe(true);
    expect(Array.from(command.part).length).toBeLessThanOrEqual(60);
    expect(command.expected).toContain(expected);
  });

  it('always comes with an example that is understood', () => {
    const texts = [
      'lists',
      'list x',
      'status',
      'why',
      `why ${ARN} 0`,
      'audit x',
      'requests x',
      `${ARN} 0`,
      `${ARN} 5% for 1s`,
      `${ARN} 5% ${'x '.repeat(300)}`,
      TASK_ARN,
    ];
    for (const text of texts) {
      const command = parseCommand(text);
      if (command.kind !== 'not-understood') throw new Error(text);
      const again = parseCommand(command.example.replace('/datasync-throttle ', ''));
      expect(again.kind, command.example).not.toBe('not-understood');
    }
  });
});

describe('any text', () => {
  const typed = fc.array(
    fc.oneof(
      fc.constantFrom(
        ARN,
        TASK_ARN,
        'audit',
        'since',
        'for',
        '2h',
        '50',
        'MB/s',
        '50%',
        '<@U1|x>',
        '&lt;',
        '`',
        '“',
        '-',
        '.',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
  );

  it('is read without a throw, and nothing that is asked for is out of bounds', () => {
    fc.assert(
      fc.property(typed, fc.constantFrom(' ', '', '\n'), (parts, between) => {
        const command = parseCommand(parts.join(between));
        if (command.kind === 'not-understood') {
          expect(Array.from(command.part).length).toBeLessThanOrEqual(60);
          expect(command.part).not.toMatch(/\p{Cc}/u);
        }
        if (command.kind === 'ask') expect(Array.from(command.reason ?? '').length).toBeLessThanOrEqual(LONGEST_REASON);
      }),
      { numRuns: 1000 },
    );
  });

  // A quadratic step on 10,000 characters shows as a hundred times this long on 100,000.
  it.each(['.', '<', '<@', '`', '&amp;', '"', ' ', '9', '1h', 'a ', '<a|', '-', '%', ',9', '\u202e'])(
    'is quick with 100,000 characters of %j',
    (queuedCall) => {
      const long = queuedCall.repeat(100_000 / queuedCall.length);
      const begun = performance.now();
      for (const text of [
        long,
        `${ARN} ${long}`,
        `${ARN} 50 ${long}`,
        `${ARN} 5% for 2${long}`,
        `${ARN} 5% ${long}x`,
        `audit ${long}`,
      ]) {
        parseCommand(text);
      }
      expect(performance.now() - begun).toBeLessThan(20_000);
    },
  );
});
