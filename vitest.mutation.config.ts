import { defineConfig } from 'vitest/config';

/** The tests that need no Redis and tell what the chain and its check must do: those that the mutation testing runs. */
export default defineConfig({
  test: {
    include: [
      'test/ledger/audit-seal.test.ts',
      'test/ledger/audit-verify.test.ts',
      'test/ledger/audit-verdicts.test.ts',
      'test/ledger/mac-verdicts.test.ts',
      'test/ledger/accepted-loss-verdicts.test.ts',
      'test/ledger/checkpoint-verdicts.test.ts',
      'test/ledger/archive-verdicts.test.ts',
      'test/ledger/audit-overlap.test.ts',
      'test/ledger/checkpoint-check.test.ts',
      'test/ledger/verifier-loads.test.ts',
      'test/ledger/fast-record-parser.test.ts',
    ],
    testTimeout: 20_000,
  },
});
