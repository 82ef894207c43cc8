import { expect, it } from 'vitest';

// A file that can't be loaded fails no test of those that import it in their first lines: there are none then.
it.each([
  ...['audit-chain', 'audit-chain-check', 'accepted-loss', 'as-written', 'audit-authors', 'audit-verify'],
  'audit-witness',
])('%s can be loaded', async (name) => {
  expect(Object.keys(await import(`../../src/ledger/${name}.ts`))).not.toEqual([]);
});
