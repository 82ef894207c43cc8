import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { actions, givenGrantsInSlack } from '../given-grants.ts';
import { COMMAND, LEAD, LEAD2, OPERATOR, shows } from '../world.ts';

/** A limit in force is given more time, or undone. */

const { at, held, limit, sent, inThread, atLast, resultSays } = givenGrantsInSlack();

describe('Extend', () => {
  it('asks for more time, which moves the end and nothing else', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 5m');
    const person = at().slack.as(OPERATOR);
    await person.click(card, 'extend');
    const modal = await at().slack.until(() => person.views().at(-1));
    expect(visibleText(modal)).toContain('The policy allows 12 h in all');
    const refused = await person.submit(modal, { duration: '12h' });
    expect(JSON.stringify(refused)).toMatch(/12 h in all/);
    const again = await at().slack.sendRaw(person.submitRequest(modal, { duration: '12h' }));
    expect(again.body).toContain('This was refused before, and that is on record.');
    await person.submit(modal, { duration: '6m', reason: 'the call goes on' });
    const longer = await at().card(arn, 'for 6 min more');
    await at().card(arn, 'In force*: nightly-archive, 50 MiB/s (419 Mbit/s) for 6 min more');
    expect(longer.ts).not.toBe(card.ts);
    await resultSays(card, 'Extended: nightly-archive stays at 50 MiB/s');
    expect(shows(await at().card(arn, '*Extended*'), 'Covered')).toBe(false);
    await inThread(longer, 'More time: nightly-archive stays limited to 50 MiB/s');
    await inThread(longer, 'is in force again');
    expect(sent(arn)).toEqual([50, 100]);
  });
});

describe('a request for more time that nobody decides', () => {
  it('expires, and the limit goes back when its own time is over', async () => {
    const arn = at().execution({ account: '444455556666' });
    const asked = await at().ask(arn, '50MiB/s for 8m');
    await at().approve(LEAD, asked);
    const card = await at().card(arn, 'In force');
    const person = at().slack.as(OPERATOR);
    await person.click(card, 'extend');
    const modal = await at().slack.until(() => person.views().at(-1));
    await person.submit(modal, { duration: '1h' });
    expect(visibleText(await at().card(arn, 'Waiting for 1 approval'))).toContain('No rate changes');
    await atLast(arn, 'Expired, nothing was sent to AWS');
    await atLast(arn, 'Set back to 100 MiB/s');
    expect(limit(arn)).toBe(100);
    expect(sent(arn)).toEqual([50, 100]);
  });
});

describe('undo', () => {
  it('ends the limit at once for its requester, by the word or by the button of the result', async () => {
    const arn = at().execution();
    const { card, id } = await held(arn, '50MiB/s');
    const result = await at().result(card);
    expect(actions(result)).toEqual(['revert-now']);
    const person = at().slack.as(OPERATOR);
    const told = await at().told(OPERATOR, () => person.command('C0OPS', COMMAND, `undo ${id}`));
    expect(told.text).toContain(`Ending the limit of request \`${id}\``);
    await resultSays(card, 'Reverted: nightly-archive → 100 MiB/s');
    expect(limit(arn)).toBe(100);
    const again = await at().told(OPERATOR, () => person.command('C0OPS', COMMAND, `undo ${id}`));
    expect(again.text).toMatch(/doesn’t apply any more, so there is nothing to undo/);
    const next = await held(arn, '40MiB/s');
    await person.click(await at().result(next.card), 'revert-now');
    await resultSays(next.card, 'Reverted: nightly-archive → 100 MiB/s');
    expect(sent(arn)).toEqual([50, 100, 40, 100]);
  });

  it('is a request from others, decided by the policy', async () => {
    const arn = at().execution({ account: '444455556666' });
    const asked = await at().ask(arn, '50MiB/s for 1h');
    const [id = ''] = /r-[0-9a-z]{10}/.exec(visibleText(asked)) ?? [];
    await at().approve(LEAD, asked);
    await at().card(arn, 'In force');
    await at().slack.as(LEAD2).command('C0OPS', COMMAND, `undo ${id}`);
    const undo = await at().card(arn, 'Waiting for 1 approval');
    expect(visibleText(undo)).toContain('50 MiB/s (419 Mbit/s) → 100 MiB/s (839 Mbit/s)');
    expect(visibleText(undo)).toContain(`Undo ${id}`);
    await at().approve(LEAD, undo);
    await inThread(undo, 'In force');
    await at().card(arn, 'Covered by a newer limit');
    expect(sent(arn)).toEqual([50, 100]);
  });
});
