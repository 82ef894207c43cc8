import { expect, it } from 'vitest';

// Where a file can't be loaded, the tests that import it at their top don't run, so none of them fails.
it.each([
  ['audit-chain', () => import('../../src/ledger/audit-chain.ts')],
  ['chain-check', () => import('../../src/ledger/chain-check.ts')],
  ['read-loss', () => import('../../src/ledger/read-loss.ts')],
  ['fast-record-parser', () => import('../../src/ledger/fast-record-parser.ts')],
  ['full-record-parser', () => import('../../src/ledger/full-record-parser.ts')],
  ['part-summary', () => import('../../src/ledger/part-summary.ts')],
  ['part-overlap', () => import('../../src/ledger/part-overlap.ts')],
  ['mac-check', () => import('../../src/ledger/mac-check.ts')],
  ['completeness', () => import('../../src/ledger/completeness.ts')],
  ['authenticity', () => import('../../src/ledger/authenticity.ts')],
  ['verify-log', () => import('../../src/ledger/verify-log.ts')],
  ['checkpoint-check', () => import('../../src/ledger/checkpoint-check.ts')],
] as const)('%s can be loaded', async (_name, load) => {
  expect(Object.keys(await load())).not.toEqual([]);
});
