import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { rebuildAudit } from '../../../src/commands/audit/rebuild-audit.ts';
import { createTerminal } from '../../../src/commands/terminal.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR } from '../world.ts';

const at = givenWorld({});

/** Deletes all keys of the world but those of the audit log. */
async function keepOnlyTheLog(): Promise<void> {
  const { REDIS_URL = '', REDIS_KEY_PREFIX } = at().env;
  const redis = new Redis(REDIS_URL);
  const keys = await redis.keys(`{${REDIS_KEY_PREFIX}}:*`);
  await redis.del(...keys.filter((key) => !key.startsWith(`{${REDIS_KEY_PREFIX}}:audit:`)));
  redis.disconnect();
}

async function rebuild(): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const err = { write: (words: string) => said.push(words) };
  const code = await rebuildAudit(
    {},
    createTerminal({ env: at().env, out: process.stderr, err, now: () => new Date() }),
  );
  return { code, said: said.join('') };
}

it('A bot whose Redis kept the log alone goes on after a rebuild, in Slack and at AWS', async () => {
  const { slack, bots, arn } = at();
  const running = await at().ask(arn, '50MiB/s for 2h');
  await at().approve(LEAD, running);
  await at().result(running);
  const other = at().execution();
  await at().ask(other, '25MiB/s');
  await bots[0]?.stop();
  await keepOnlyTheLog();
  expect(await rebuild()).toMatchObject({
    code: 0,
    said: expect.stringContaining('What is stored is what the log says'),
  });
  await at().startBot();
  const card = await at().card(other, 'Waiting for');
  await at().approve(LEAD, card);
  await slack.until(() => at().aws.execution(other).bytesPerSecond === 25 * MiB);
  const id = /r-[0-9a-z]{10}/.exec(visibleText(running))?.[0];
  await at().told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `undo ${id}`));
  await slack.until(() => at().aws.execution(arn).bytesPerSecond === 100 * MiB);
});
