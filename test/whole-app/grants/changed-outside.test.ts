import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { givenGrantsInSlack } from '../given-grants.ts';
import { COMMAND, LEAD, MiB, OPERATOR, shows } from '../world.ts';

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
    await person.submit(modal, { duration: '2m', reason: 'the call goes on' });
    const longer = await at().card(arn, 'for 2 min more');
    await at().card(arn, 'In force*: nightly-archive, 50 MiB/s (419 Mbit/s) for 2 min more');
    expect(longer.ts).not.toBe(card.ts);
    await inThread(card, 'extended it until');
    await resultSays(card, 'Extended: nightly-archive stays at 50 MiB/s');
    expect(shows(await at().card(arn, '*Extended*'), 'Replaced')).toBe(false);
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
  it('is asked by the button and by the word, decided by the policy, refused after a change', async () => {
    const arn = at().execution();
    const { card, id } = await held(arn, '50MiB/s');
    const result = await at().result(card);
    await at().slack.as(OPERATOR).click(result, 'undo');
    const undo = await at().card(arn, 'Waiting for 1 approval');
    expect(visibleText(undo)).toContain('50 MiB/s (419 Mbit/s) → 100 MiB/s (839 Mbit/s)');
    expect(visibleText(undo)).toContain(`Undo ${id}`);
    await at().approve(LEAD, undo);
    await inThread(undo, 'In force');
    await at().card(arn, 'Replaced');
    expect(limit(arn)).toBe(100);
    const again = await at().told(OPERATOR, () => at().slack.as(OPERATOR).command('C0OPS', COMMAND, `undo ${id}`));
    expect(again.text).toMatch(/is the limit in force already/);
    at().aws.setLimit(arn, 7 * MiB);
    const later = await at().told(OPERATOR, () => at().slack.as(OPERATOR).command('C0OPS', COMMAND, `undo ${id}`));
    expect(later.text).toMatch(/The limit was changed since: .* set 50 MiB\/s .* in force now is 7 MiB\/s/);
    expect(sent(arn)).toEqual([50, 100]);
  });
});
