import { expect, it } from 'vitest';
import { clockOffsetAt } from '../../../src/domain/link/zone-clock.ts';
import { zone } from '../../../src/domain/policy/links/link-fields.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const SHORT = LETTERS.flatMap((one) => LETTERS.flatMap((two) => LETTERS.map((three) => `${one}${two}${three}`)));

it('each zone that a policy may name is one whose changes are found', () => {
  const names = [...Intl.supportedValuesOf('timeZone'), ...SHORT].filter((name) => zone.safeParse(name).success);
  expect(names).toContain('CET');
  for (const name of names) expect(clockOffsetAt(0, name).until, name).toBeGreaterThan(0);
});
