import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 12;

/**
 * Authenticates ids that are sent to Slack in buttons and modals and come back later, so that a changed one is noticed.
 * All replicas share the key, which is derived from a shared secret. Seals made with `old`, the secret before a
 * rotation, are still accepted.
 */
export function createSeals(secret: string, old: string | null = null) {
  const sealOf = sealer(secret);
  const sealers = old === null ? [sealOf] : [sealOf, sealer(old)];
  return {
    seal(value: unknown): string {
      return sealOf(Buffer.from(JSON.stringify(value)).toString('base64url'));
    },
    /** Null for anything that this bot did not seal, even if only one character was added. */
    open(sealed: string): unknown {
      const [text = ''] = sealed.split('.');
      const given = Buffer.from(sealed);
      const known = sealers.some((one) => {
        const ours = Buffer.from(one(text));
        return given.length === ours.length && timingSafeEqual(given, ours);
      });
      if (!known) return null;
      return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    },
  };
}

function sealer(secret: string): (text: string) => string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'datasync-throttle/sealed-ids/v1', 32));
  const macOf = (text: string) => createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES);
  return (text) => `${text}.${macOf(text).toString('base64url')}`;
}

export type Seals = ReturnType<typeof createSeals>;
