import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Policy, Rule } from '../../../src/domain/policy/policy.ts';
import { warningsOf } from '../../../src/domain/policy/policy-warnings.ts';
import { nearRegion, REGIONS } from '../../../src/domain/policy/regions.ts';
import { DEFAULT_LIMITS } from '../../../src/domain/policy/use-limits.ts';
import { rule } from '../given.ts';

const people = { requesters: null, approvers: { users: ['U1'], groups: [] }, role: null };

function warned(...matches: Rule['match'][]): string[] {
  const rules = matches.map((match, index) => rule({ ...people, name: `r${index}`, match }));
  const admins = { users: [], groups: [] };
  const policy: Policy = {
    version: 1,
    limits: DEFAULT_LIMITS,
    viewers: null,
    admins,
    audit: { readers: null },
    links: [],
    rules,
  };
  return warningsOf(policy).map(({ path, problem }) => `${path.join('.')} ${problem}`);
}

describe('a rule that can never match', () => {
  it.each<[string, Rule['match'][], string]>([
    ['after one for everything', [{}, { accounts: ['1'] }], '"r0" takes'],
    ['after the same', [{ channels: ['C1'] }, { channels: ['C1'] }], '"r0" takes'],
    ['after a wider one', [{ accounts: ['1', '2'] }, { accounts: ['2'], regions: ['us-east-1'] }], '"r0" takes'],
    [
      'after two that share it',
      [{ accounts: ['1'] }, { accounts: ['2'] }, { accounts: ['1', '2'] }],
      '"r0", "r1" take',
    ],
    [
      'after two that share it by two keys',
      [{ accounts: ['1'], channels: ['C1'] }, { accounts: ['1'] }, { accounts: ['1'], channels: ['C1', 'C2'] }],
      '"r1" takes',
    ],
  ])('%s', (_what, matches, words) => {
    const [last] = warned(...matches).slice(-1);
    expect(last).toMatch(new RegExp(`^rules\\.${matches.length - 1} can never match: .*${words} all that it would$`));
  });

  it.each<[string, Rule['match'][]]>([
    ['after a narrower one', [{ accounts: ['1'] }, {}]],
    ['after another one', [{ accounts: ['1'] }, { accounts: ['2'] }]],
    [
      'after two that leave something',
      [{ accounts: ['1'], channels: ['C1'] }, { accounts: ['2'] }, { accounts: ['1', '2'] }],
    ],
    ['after one of another key', [{ channels: ['C1'] }, { accounts: ['1'] }]],
  ])('is not one %s', (_what, matches) => {
    expect(warned(...matches)).toEqual([]);
  });

  it('is looked for quickly, however long the lists', () => {
    const many = Array.from({ length: 2000 }, (_, index) => String(index));
    const wide = { accounts: many, tasks: many, channels: many };
    expect(warned({ ...wide, accounts: many.slice(1) }, wide)).toEqual([]);
    expect(warned(wide, wide)).toHaveLength(1);
  });
});

describe('Regions', () => {
  it('are those of the SDK', () => {
    const core = createRequire(createRequire(import.meta.url).resolve('@aws-sdk/client-datasync')).resolve(
      '@aws-sdk/core',
    );
    const file = 'submodules/client/util-endpoints/lib/aws/partitions.js';
    const text = readFileSync(join(core.slice(0, core.lastIndexOf('/dist-')), 'dist-es', file), 'utf8');
    const known = Array.from(text.matchAll(/"([a-z]{2,5}(?:-[a-z]+)+-\d)": \{/g), ([, region = '']) => region);
    expect(REGIONS.toSorted()).toEqual([...new Set(known)].toSorted());
  });

  it('that are misspelt are reported with the one that was most likely meant', () => {
    expect(warned({ regions: ['us-east-1', 'us-esat-1'] })).toEqual([
      'rules.0.match.regions.1 is "us-esat-1", which is no Region that the AWS SDK here knows; did you mean us-east-1?',
    ]);
    expect([nearRegion('eu-wset-1'), nearRegion('xx-nowhere-9')]).toEqual(['eu-west-1', null]);
  });
});
