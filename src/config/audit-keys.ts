import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Result } from '../domain/result.ts';
import type { ConfigFault } from './config-fault.ts';
import { createEnvironmentReader, type Environment } from './environment-reader.ts';

/** One key that signs or verifies audit records. */
export interface AuditKey {
  readonly kid: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** The keys to verify an audit log with; null if none are set. */
export type AuditKeys = { readonly keys: readonly AuditKey[] | null; readonly signingKey: KeyObject | null };

/** `kid:hex[,kid:hex…]` */
export const auditKeys = z.string().transform((text, issues): AuditKey[] => {
  const seen = new Set<string>();
  return text.split(',').flatMap((entry, index) => {
    // Names only the position: if a kid is missing, the text in its place may be the key itself.
    const fault = (problem: string): [] => {
      issues.addIssue({ code: 'custom', message: `entry ${index + 1} ${problem}` });
      return [];
    };
    const [, kid, hex] = /^\s*([^:]*):(.*?)\s*$/.exec(entry) ?? [];
    if (kid === undefined || hex === undefined) return fault('has no kid: before it');
    if (!/^[A-Za-z0-9._-]{1,32}$/.test(kid)) return fault('has a kid that is not allowed');
    if (!/^[0-9a-fA-F]{64}$/.test(hex)) return fault(`is not 64 hex digits (it has ${hex.length} characters)`);
    if (seen.has(kid)) return fault('has the kid of an earlier one');
    seen.add(kid);
    return [{ kid, key: Buffer.from(hex, 'hex') }];
  });
});

/** An Ed25519 private key, PKCS#8 DER in base64. */
export const signingKey = z.string().transform((text, issues): KeyObject => {
  const base64 = text.replaceAll(/\s/g, '');
  const fault = (problem: string): never => {
    issues.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  };
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return fault('is not base64');
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'pkcs8' });
  } catch {
    return fault('is not a PKCS#8 private key');
  }
  return key.asymmetricKeyType === 'ed25519' ? key : fault('is a private key, but not an Ed25519 one');
});

/** What the audit commands need to verify an export: no Redis, and no required variable. */
export function readAuditKeys(env: Environment): Result<AuditKeys, ConfigFault[]> {
  const { faults, optional } = createEnvironmentReader(env);
  const read = { keys: optional('AUDIT_KEYS', auditKeys), signingKey: optional('AUDIT_SIGNING_KEY', signingKey) };
  return faults.length > 0 ? { ok: false, problem: faults } : { ok: true, value: read };
}
