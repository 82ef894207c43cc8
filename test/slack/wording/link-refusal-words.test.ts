import { expect, it } from 'vitest';
import { linkRefusalWords } from '../../../src/slack/wording/link-refusal-words.ts';

it('a refusal for a link by the policy of another bot says so', () => {
  const refusal = { why: 'no-link-rule', link: 'dc1-wan', elsewhere: [] } as const;
  expect(linkRefusalWords({ ...refusal, elsewhere: [] })).not.toContain('Two policies');
  expect(linkRefusalWords({ ...refusal, elsewhere: [] }, '0123456789abcdef')).toContain('Two policies are active');
});
