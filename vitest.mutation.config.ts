import { defineConfig } from 'vitest/config';

/** The tests that need no Redis and tell what the chain and its check must do: those that the mutation testing runs. */
export default defineConfig({
  test: {
    include: [
      'test/audit/format/audit-seal.test.ts',
      'test/audit/verify/audit-verify.test.ts',
      'test/audit/verify/audit-verdicts.test.ts',
      'test/audit/verify/mac-verdicts.test.ts',
      'test/audit/verify/accepted-loss-verdicts.test.ts',
      'test/audit/verify/checkpoint-verdicts.test.ts',
      'test/audit/verify/archive-verdicts.test.ts',
      'test/audit/verify/audit-overlap.test.ts',
      'test/audit/verify/checkpoint-check.test.ts',
      'test/audit/verify/verifier-loads.test.ts',
      'test/audit/verify/fast-record-parser.test.ts',
    ],
    testTimeout: 20_000,
  },
});
