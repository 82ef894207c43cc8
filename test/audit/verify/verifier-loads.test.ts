import { expect, it } from 'vitest';

// Where a file can't be loaded, the tests that import it at their top don't run, so none of them fails.
it.each([
  ['audit-chain', () => import('../../../src/audit/format/audit-chain.ts')],
  ['chain-check', () => import('../../../src/audit/verify/chain-check.ts')],
  ['read-loss', () => import('../../../src/audit/verify/read-loss.ts')],
  ['fast-record-parser', () => import('../../../src/audit/verify/fast-record-parser.ts')],
  ['full-record-parser', () => import('../../../src/audit/verify/full-record-parser.ts')],
  ['part-summary', () => import('../../../src/audit/verify/part-summary.ts')],
  ['part-overlap', () => import('../../../src/audit/verify/part-overlap.ts')],
  ['mac-check', () => import('../../../src/audit/verify/mac-check.ts')],
  ['completeness', () => import('../../../src/audit/verify/completeness.ts')],
  ['authenticity', () => import('../../../src/audit/verify/authenticity.ts')],
  ['verify-log', () => import('../../../src/audit/verify/verify-log.ts')],
  ['checkpoint-check', () => import('../../../src/audit/verify/checkpoint-check.ts')],
] as const)('%s can be loaded', async (_name, load) => {
  expect(Object.keys(await load())).not.toEqual([]);
});
