import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import type { Link } from '../../../../src/domain/link/link.ts';
import { linkSections, linksText } from '../../../../src/slack/views/links/link-sections.ts';
import type { LinkRow, ListedLinks } from '../../../../src/workflow/queries/links/list-links.ts';
import { MIB } from '../../../domain/given.ts';
import { weekly } from '../../../domain/link/given-timetable.ts';
import { expectGoodMessage, NOW, read, seal } from '../text/given-facts.ts';
import { linkRow, manyLinks, NO_LINKS } from './given-links.ts';

function shown(links: ListedLinks, final = true) {
  const blocks = linkSections({ links, final, sealLink: seal });
  const text = linksText(links) ?? '';
  expectGoodMessage({ text, blocks });
  return { blocks, text, all: read({ blocks }), buttons: elementsOf(JSON.parse(JSON.stringify(blocks))) };
}

const one = (but: Partial<Omit<LinkRow, 'link'>>, ofLink: Partial<Link> = {}, final = true) =>
  shown({ rows: [linkRow(but, ofLink)], others: [], complete: true }, final).all;

describe('the links on top of a list', () => {
  it('have their name, what they are, the capacity and why, and a button', () => {
    const { all, text, buttons, blocks } = shown({
      rows: [linkRow({}, { about: 'Frankfurt <!channel> uplink' }), linkRow({}, { name: 'backup', capacity: -1 })],
      others: [],
      complete: true,
    });
    expect(all).toContain(
      '*dc1-wan* · Frankfurt &lt;!channel&gt; uplink\nCapacity 100 MiB/s (839 Mbit/s): the link has no timetable\nNo running or queued executions',
    );
    expect(all).toContain('Capacity unlimited: the link has no timetable');
    expect(text).toBe('Capacity of links: dc1-wan 100 MiB/s (839 Mbit/s), backup unlimited.');
    expect(buttons.map(({ actionId, element }) => [actionId, element.value])).toEqual([
      ['link-status', 'sealed dc1-wan'],
      ['link-status', 'sealed backup'],
    ]);
    // Once for all of them.
    expect(all.split('not applied yet')).toHaveLength(2);
    expect(JSON.stringify(blocks.at(-2))).toContain('not applied yet');
  });

  it('have the window and its zone, and when the capacity changes next, and to what', () => {
    const window = weekly([7], '08:00–18:00', 25 * MIB);
    const outlook = {
      at: NOW,
      due: { capacity: 25 * MIB, cause: 'window' as const, window },
      next: {
        at: new Date('2026-11-22T17:00:00.000Z'),
        due: { capacity: 100 * MIB, cause: 'capacity' as const, window: null },
      },
    };
    const ofLink = { zone: 'Europe/Berlin', timetable: [window] };
    const text = one({ outlook }, ofLink);
    expect(text).toContain('Capacity 25 MiB/s (210 Mbit/s): window Sun 08:00–18:00 (Europe/Berlin)');
    expect(text).toMatch(/Next change: <!date\^1795366800\^[^>]*> → 100 MiB\/s \(839 Mbit\/s\): outside all windows/);
    expect(one({}, ofLink)).toContain('Next change: none');
  });

  it.each<[string, Partial<Omit<LinkRow, 'link'>>, Partial<Link>, string]>([
    [
      'a bar',
      { executions: 3, sum: 42.9 * MIB },
      {},
      '████░░░░░░ 42 % of the capacity · measured: 42.9 MiB/s (360 Mbit/s) on the wire · 3 running or queued executions',
    ],
    ['a full bar above the capacity', { executions: 1, sum: 130 * MIB }, {}, '██████████ 130 % of the capacity'],
    [
      'an empty bar where nothing moves',
      { executions: 1 },
      {},
      '░░░░░░░░░░ 0 % of the capacity · measured: nothing moves · 1 running or queued execution',
    ],
    [
      'no bar without a limit',
      { executions: 2, sum: 50 * MIB },
      { capacity: -1 },
      '\nMeasured: 50 MiB/s (419 Mbit/s) on the wire · 2 running or queued executions',
    ],
    [
      'no bar where each may have all of it',
      { executions: 2, sum: 150 * MIB },
      { share: 'each' },
      'Capacity for each execution 100 MiB/s (839 Mbit/s): the link has no timetable\nMeasured: 150 MiB/s',
    ],
  ])('set what all executions send together against the capacity: %s', (_, but, ofLink, words) => {
    const text = one(but, ofLink);
    expect(text).toContain(words);
    expect(text).not.toContain('Incomplete');
  });

  const pending = [{ region: 'eu-west-1', pending: true }];
  const failed = [{ region: 'eu-west-1', pending: false }];
  const locations = ['arn:aws:datasync:us-east-1:111122223333:location/loc-0123456789abcdef0'];
  it.each<[string, Partial<Omit<LinkRow, 'link'>>, Partial<Link>, string]>([
    [
      'not all were measured',
      { executions: 3, unmeasured: 2, sum: 10 * MIB },
      {},
      '\n3 running or queued executions · measured: at least 10 MiB/s (83.9 Mbit/s) on the wire\nIncomplete: 2 of 3 executions not measured yet.',
    ],
    ['none was measured', { executions: 1, unmeasured: 1 }, {}, '\n1 running or queued execution · not measured yet\n'],
    [
      'AWS did not answer',
      { executions: 3, sum: 10 * MIB, unread: failed },
      {},
      '\nAt least 3 running or queued executions · measured: at least 10 MiB/s (83.9 Mbit/s) on the wire\nIncomplete: executions in eu-west-1 couldn’t be read.',
    ],
    [
      'AWS answered for nothing',
      { unread: failed },
      {},
      '\nRunning executions unknown\nIncomplete: executions in eu-west-1 couldn’t be read.',
    ],
    [
      'tasks are found by location too',
      { executions: 1, sum: 10 * MIB },
      { locations },
      '\nAt least 1 running or queued execution · measured: at least 10 MiB/s (83.9 Mbit/s) on the wire\nIncomplete: executions of tasks found by location are not counted.',
    ],
    [
      'tasks are found by location alone',
      {},
      { locations },
      '\nRunning executions unknown\nIncomplete: executions of tasks found by location are not counted.',
    ],
  ])('never show a part of the sum as all of it, nor as a bar: %s', (_, but, ofLink, words) => {
    const text = one(but, ofLink);
    expect(text).toContain(words);
    expect(text).not.toMatch(/[█░]|No running/);
  });

  it('say that AWS may still answer, as long as it may', () => {
    expect(one({ unread: pending }, {}, false)).toContain('Incomplete: AWS hasn’t responded yet for eu-west-1.');
    expect(one({ unread: pending }, {}, true)).toContain('Incomplete: executions in eu-west-1 couldn’t be read.');
  });

  it('are cut where there are many, and the rest is counted and named', () => {
    const { all, text, blocks } = shown(manyLinks(10, 300));
    expect(all).toContain('*Links* (10 of 300)');
    expect(all).toContain(`And 290 more links: 010-${'x'.repeat(36)}, `);
    expect(all).toContain('status &lt;link&gt;');
    expect(text).toContain(' and 290 more.');
    expect(blocks).toHaveLength(14);
  });

  it('are none where the policy has none', () => {
    expect(linkSections({ links: NO_LINKS, final: true, sealLink: seal })).toEqual([]);
    expect(linksText(NO_LINKS)).toBeNull();
  });
});
