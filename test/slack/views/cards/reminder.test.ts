import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reminderMessage } from '../../../../src/slack/views/cards/reminder.ts';
import { expectGoodMessage, funny, read, request, seal } from '../text/given-facts.ts';

describe('reminderMessage', () => {
  it('says what waits, with Review', () => {
    const message = reminderMessage({ request: request(), card: 'https://w.slack.com/x', seal });
    expectGoodMessage(message);
    for (const words of ['waits for you to decide', 'Ann Oper', '<#C0OPS>', 'cutover tonight', 'Review']) {
      expect(read(message)).toContain(words);
    }
    fc.assert(
      fc.property(funny(500), (words) => {
        const asked = request({ reason: words, taskName: words, requester: { team: 'T0', user: 'U1', name: words } });
        expectGoodMessage(reminderMessage({ request: asked, card: null, seal }));
      }),
    );
  });
});
