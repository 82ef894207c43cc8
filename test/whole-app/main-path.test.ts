import { afterEach, describe, expect, it } from 'vitest';
import type { World } from '../../src/sandbox/local-world.ts';
import { visibleText } from '../../src/sandbox/slack/block-walk.ts';
import { COMMAND, MiB, startTestWorld } from './world.ts';

let world: (World & { arn: string }) | null = null;

afterEach(async () => {
  await world?.stop();
  world = null;
});

describe.each(['http', 'socket'] as const)('the main path over %s', (mode) => {
  it('is asked, agreed, set, read back and on record', async () => {
    world = await startTestWorld({ mode });
    const { slack, aws, arn } = world;
    const olga = slack.as('U0OPER');
    const lena = slack.as('U0LEAD');

    await olga.command('C0OPS', COMMAND, `${arn} 50MiB/s for 2h video call at 9`);
    const card = await slack.until(() => slack.messages('C0OPS')[0]);
    expect(visibleText(card)).toContain('50 MiB/s (419 Mbit/s)');

    await lena.click(card, 'review');
    const modal = await slack.until(() => lena.views().find((view) => view.callback_id === 'review'));
    const submitted = await lena.submit(modal, { decision: 'approve', comment: 'go on' });
    expect(submitted).toMatchObject({ status: 200, responseAction: 'clear' });

    const result = await slack.until(() => slack.messages('C0OPS')[1]);
    console.log(visibleText(card), '\n---\n', visibleText(modal), '\n---\n', visibleText(result), '\n---\n', visibleText(slack.messages('C0OPS')[0]!));
    expect(aws.execution(arn).bytesPerSecond).toBe(50 * MiB);
    expect(slack.breaches).toEqual([]);
  });
});
