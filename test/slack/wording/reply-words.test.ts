import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/slack/command-text/command-text.ts';
import type { NotUnderstood } from '../../../src/slack/command-text/not-understood.ts';
import { interruptedWords } from '../../../src/slack/wording/interrupted-words.ts';
import {
  cannotPostWords,
  notUnderstoodWords,
  plainWords,
  problemWords,
  STILL_CHECKING,
  settledWords,
} from '../../../src/slack/wording/reply-words.ts';
import { funny } from '../views/text/given-facts.ts';
import { good } from './given-words.ts';

describe('what was typed', () => {
  const notUnderstood = (text: string) => notUnderstoodWords(parseCommand(text) as NotUnderstood);

  it('quotes the part, says what is expected, gives an example', () => {
    const text = good(notUnderstood('please throttle it'));
    expect(text).toContain('`please` was not understood: write the ARN');
    expect(text).toContain('For example: `/datasync-throttle nightly-archive 50MiB/s');
  });

  it('notifies nobody', () => {
    fc.assert(
      fc.property(funny(300), (typed) => {
        const problem = { quoted: typed.slice(0, 60), instead: 'write `5` for …' };
        good(problemWords(problem, 'rate'));
        const command = parseCommand(`zz${typed}`);
        if (command.kind === 'not-understood') good(notUnderstoodWords(command));
      }),
    );
  });

  it('is plain under a field', () => {
    const words = problemWords(
      { quoted: '50mb/s', instead: 'write `50MB/s` for bytes or `50Mbit/s` for bits' },
      'rate',
    );
    expect(plainWords(words)).toBe('50mb/s was not understood: write 50MB/s for bytes or 50Mbit/s for bits.');
    expect(plainWords({ text: 'a &lt;b&gt; &amp;\n`c`, <!date^1^{date}|1970>', field: null })).toBe('a <b> & c, 1970');
    for (const token of ['<https://x|c>', '<#C0OPS>', '<@U1>', '<!subteam^S1>']) {
      expect(plainWords({ text: `not without ${token}`, field: 'execution' })).toBeNull();
    }
  });
});

describe('the rest', () => {
  it('says what was recorded of something whose bot stopped', () => {
    for (const doing of ['asking', 'deciding', 'looking'] as const) {
      for (const outcome of ['recorded', 'refused', 'not-recorded', null] as const) {
        expect(good({ text: interruptedWords(outcome, doing), field: null })).toContain('The bot stopped');
      }
      expect(interruptedWords(null, doing)).toMatch(/audit` shows whether it was recorded/);
    }
  });

  it('says how to invite the bot', () => {
    expect(good(cannotPostWords('not-a-member', 'U0BOT'))).toContain('`/invite` <@U0BOT>');
    expect(good(cannotPostWords('not-found', 'U0BOT'))).toContain('private');
    expect(good(cannotPostWords('archived', 'U0BOT'))).toContain('archived');
    expect(good(cannotPostWords('direct', 'U0BOT'))).toContain('Ask in a channel');
    expect(good(cannotPostWords('unknown', 'U0BOT'))).toContain('Try again');
    const scope = good(cannotPostWords({ missingScope: 'channels:read' }, 'U0BOT'));
    expect(scope).toMatch(/`channels:read`.*install it again/);
    expect(scope).not.toContain('Try again');
  });

  it('says the outcome once it is known', () => {
    for (const doing of ['asking', 'deciding', 'looking'] as const) {
      expect(settledWords('recorded', doing)).toMatch(/was recorded/);
      expect(settledWords('not-recorded', doing)).toMatch(/not recorded|nothing was recorded/);
      const refused = settledWords('refused', doing);
      expect(refused).toMatch(/was refused, and that is on record\..* again to see why\.$/);
      expect(refused).not.toMatch(/goes on|card/);
    }
    expect(STILL_CHECKING).toContain('Still checking');
  });
});
