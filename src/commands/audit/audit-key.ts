import { createPublicKey } from 'node:crypto';
import { readAuditKeys } from '../../config/audit-keys.ts';
import { CannotRun } from '../cannot-run.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { orCannotRun } from './open-log.ts';

/** Prints the public half of AUDIT_SIGNING_KEY as PEM, which every tool for Ed25519 reads. */
export function printAuditKey({ env, print }: Terminal): ExitCode {
  const { signingKey } = orCannotRun(readAuditKeys(env));
  if (!signingKey) throw new CannotRun('AUDIT_SIGNING_KEY is not set, so nothing is signed');
  const pem = createPublicKey(signingKey).export({ format: 'pem', type: 'spki' }).toString();
  print(...pem.trimEnd().split('\n'));
  return 0;
}
