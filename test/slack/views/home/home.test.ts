import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import type { Run } from '../../../../src/domain/run/run.ts';
import { homeView, shownAtHome } from '../../../../src/slack/views/home/home.ts';
import { linkRow, manyLinks, NO_LINKS } from '../links/given-links.ts';
import { failed, held, lines, list, MIB, row, status } from '../lists/given-running.ts';
import { expectGoodView, funny, LONGEST, NOW, RECORD, read, request, runWith, seal } from '../text/given-facts.ts';

describe('homeView', () => {
  const ofRun = (run: Run | null = null) => ({ request: held(), run });
  const stored = (count: number, but = {}) =>
    Array.from({ length: count }, () => ({ request: request(but), record: RECORD }));
  const home = (facts: Parameters<typeof homeView>[0]['facts'], lost = false) => {
    const view = homeView({
      facts,
      links: new Map([['r-0123456789', 'https://w.slack.com/x']]),
      lost,
      now: NOW,
      seal,
      sealLink: seal,
    });
    expectGoodView(view);
    return { view, text: read(view), buttons: elementsOf(JSON.parse(JSON.stringify(view.blocks))) };
  };

  it('has requests to decide, with Review; own requests; timers; executions; records', () => {
    const running = { rows: [row()], total: 12, from: 0, failed: [failed('denied')], placeless: [], complete: true };
    const { text, buttons } = home({
      kind: 'home',
      toDecide: stored(1),
      asked: stored(1),
      held: [ofRun()],
      grantsInAll: 1,
      running,
      links: NO_LINKS,
      lines: lines(10),
    });
    expect(buttons.map(({ actionId, element }) => [actionId, element.value])).toEqual([
      ['review', 'sealed r-0123456789'],
    ]);
    for (const words of [
      'For you to decide* (1)',
      'still open* (1)',
      'go back by themselves* (1)',
      'At least 12 executions',
      'sa-east-1',
    ])
      expect(text).toContain(words);
  });

  it('begins with the links, also while the log is lost, and shows nothing of them where there are none', () => {
    const links = { rows: [linkRow({ executions: 2, sum: 25 * MIB })], others: [], complete: true };
    const rest = { toDecide: stored(1), asked: [], held: [], grantsInAll: 0, running: null, lines: [] };
    const { text, buttons } = home({ kind: 'home', links, ...rest });
    expect(text).toMatch(/^\*Links\*\n\*dc1-wan\*.*██░░░░░░░░ 25 %.*\*For you to decide\*/s);
    expect(buttons[0]).toMatchObject({ actionId: 'link-status', element: { value: 'sealed dc1-wan' } });
    expect(home({ kind: 'home', links, ...rest }, true).text).toMatch(/^:rotating_light:.*\n\*Links\*\n\*dc1-wan\*/s);
    expect(home({ kind: 'home', links: NO_LINKS, ...rest }).text).toMatch(/^\*For you to decide\*/);
  });

  it('names the limit that is next on the run, as far as is known now', () => {
    const base = {
      kind: 'home' as const,
      toDecide: [],
      asked: [],
      grantsInAll: 1,
      running: null,
      links: NO_LINKS,
      lines: [],
    };
    const { text } = home({ ...base, held: [ofRun()] });
    expect(text).toContain('Limit of `r-0123456789`, goes back to 100 MiB/s (839 Mbit/s) <!date^1795361100^');
    const grants = [{ request: 'r-other00000', rate: 25 * MIB }, { until: '2026-11-22T15:25:00.000Z' }];
    expect(home({ ...base, held: [ofRun(runWith(grants))] }).text).toContain(
      'goes back to 25 MiB/s (210 Mbit/s) <!date',
    );
  });

  it('shows no requests and no records while the log is lost, and says so on top', () => {
    const rows = [row({ open: request(), held: held() })];
    const running = { rows, total: 1, from: 0, failed: [], placeless: [], complete: true };
    const { text, buttons } = home(
      {
        kind: 'home',
        toDecide: stored(1),
        asked: stored(1),
        held: [ofRun()],
        grantsInAll: 1,
        running,
        links: NO_LINKS,
        lines: lines(3),
      },
      true,
    );
    expect(text).toMatch(/^:rotating_light: \*The audit log is not the one/);
    expect(text).toContain('nightly_sync');
    expect(text).not.toMatch(/r-0123456789|On record|For you to decide|back by themselves/);
    expect(buttons).toEqual([]);
    expect(home({ kind: 'no-member' }, true).text).not.toContain('audit log');
    for (const marked of [list({}, true, true).all, status({}, { lost: true })]) {
      expect(marked).toMatch(/^:rotating_light: \*The audit log is not the one/);
    }
  });

  it('has room for ten to decide and ten of one’s own: no link is looked up for more', () => {
    const facts = {
      kind: 'home' as const,
      toDecide: stored(25),
      asked: stored(25),
      held: [],
      grantsInAll: 0,
      links: NO_LINKS,
      lines: [],
    };
    expect(shownAtHome({ ...facts, running: null })).toHaveLength(20);
    expect(shownAtHome({ kind: 'no-member' })).toEqual([]);
  });

  it('says so where there is nothing, and to a guest', () => {
    const nothing = { rows: [], total: 0, from: 0, failed: [], placeless: [], complete: true };
    const nobody = {
      kind: 'home' as const,
      toDecide: [],
      asked: [],
      held: [],
      grantsInAll: 0,
      links: NO_LINKS,
      lines: [],
    };
    const { text } = home({ ...nobody, running: nothing });
    expect(text).toContain('Nothing waits for you.');
    expect(text).toContain('Nothing that the policy names.');
    expect(home({ kind: 'no-member' }).text).toContain('Only full members of this workspace');
    home({ ...nobody, running: null });
    for (const unseen of [{ failed: [failed('no-answer', true)], complete: false }, { placeless: ['production'] }]) {
      const running = { ...nothing, ...unseen };
      const { text: told } = home({ ...nobody, running });
      expect(told).toContain('It is not known what is running or queued.');
      expect(told).not.toContain('Nothing that the policy names');
    }
  });

  it('fits, and notifies nobody', () => {
    const long = {
      taskName: LONGEST(256),
      reason: LONGEST(500),
      requester: { team: 'T0', user: 'U1', name: LONGEST(80) },
    };
    const rows = Array.from({ length: 10 }, () => row({ open: request(long), held: held() }, LONGEST(256)));
    const { view } = home({
      kind: 'home',
      toDecide: stored(99, long),
      asked: stored(99, long),
      lines: lines(10, LONGEST(1000)),
      held: Array.from({ length: 99 }, () => ({ request: { ...held(), ...long }, run: null })),
      grantsInAll: 99,
      running: {
        rows,
        total: 1e6,
        from: 0,
        failed: Array.from({ length: 99 }, () => failed('denied')),
        placeless: [],
        complete: true,
      },
      links: manyLinks(5, 200),
    });
    expect(view.blocks.length).toBeLessThanOrEqual(100);
    fc.assert(
      fc.property(funny(200), (words) => {
        const asked = stored(1, { reason: words, taskName: words });
        home({
          kind: 'home',
          toDecide: asked,
          asked,
          held: [],
          grantsInAll: 0,
          links: NO_LINKS,
          running: null,
          lines: lines(1, words),
        });
      }),
    );
  });
});
