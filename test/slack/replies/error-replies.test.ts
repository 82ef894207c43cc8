import { expect, it } from 'vitest';
import { createLogger } from '../../../src/logging/logger.ts';
import { replyWithFault } from '../../../src/slack/replies/error-replies.ts';
import { OutcomeUnknown, type Settled } from '../../../src/workflow/faults.ts';

it('an unknown outcome stays unfinished until the person was told the outcome', async () => {
  let settle: (outcome: Settled) => void = () => {};
  const settled = new Promise<Settled>((resolve) => {
    settle = resolve;
  });
  const said: string[] = [];
  const told = replyWithFault(
    new OutcomeUnknown('command:1', settled, null),
    'asking',
    async (text) => void said.push(text),
    { log: createLogger({ level: 'silent' }) },
  );
  expect(
    await Promise.race([told.then(() => 'done'), new Promise((resolve) => setImmediate(resolve, 'in hand'))]),
  ).toBe('in hand');
  expect(said).toHaveLength(1);
  settle('recorded');
  await told;
  expect(said[1]).toContain('your request was recorded');
});
