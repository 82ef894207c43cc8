import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/slack/command-text/command.ts';
import { MAX_REASON_LENGTH } from '../../../src/slack/command-text/command-request.ts';
import { parseCommand } from '../../../src/slack/command-text/command-text.ts';
import { ARN, MiB, TASK_ARN } from './given-command.ts';

describe('the other words', () => {
  it.each<[string, Command]>([
    ['', { kind: 'open-modal', target: null, after: '' }],
    [' \n ', { kind: 'open-modal', target: null, after: '' }],
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

  it('parses the ARN of a status, and after `why` a possible request', () => {
    expect(parseCommand(`status \`${ARN}\``)).toMatchObject({ kind: 'status', target: { execution: { arn: ARN } } });
    expect(parseCommand(`Why ${ARN} 50 MB/s for 2h`)).toMatchObject({
      kind: 'why',
      target: { execution: { arn: ARN } },
      rateText: '50 MB/s',
      durationSeconds: 7200,
      reason: null,
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

  it.each([' / ', ' ', ' · ', '/ ', ' /', '/'])(
    'reads the id of a task and of its execution, with %j between',
    (between) => {
      const [task, execution] = ['task-0123456789abcdef0', 'exec-0fedcba9876543210'];
      expect(parseCommand(`${task}${between}${execution} 50MiB/s cutover`)).toMatchObject({
        kind: 'ask',
        target: { kind: 'ids', taskId: task, executionId: execution },
        reason: 'cutover',
      });
    },
  );

  it('opens the modal on an ARN alone', () => {
    expect(parseCommand(`\`${ARN}\``)).toMatchObject({ kind: 'open-modal', target: { execution: { arn: ARN } } });
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

  it('is parsed without throwing, and no parsed value is out of bounds', () => {
    fc.assert(
      fc.property(typed, fc.constantFrom(' ', '', '\n'), (parts, between) => {
        const command = parseCommand(parts.join(between));
        if (command.kind === 'not-understood') {
          expect(Array.from(command.part).length).toBeLessThanOrEqual(60);
          expect(command.part).not.toMatch(/\p{Cc}/u);
        }
        if (command.kind === 'ask')
          expect(Array.from(command.reason ?? '').length).toBeLessThanOrEqual(MAX_REASON_LENGTH);
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
