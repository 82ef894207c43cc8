import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 12;

/**
 * Ids that leave with a button or a modal and come back later: sealed, so that an edited one is known as such. All
 * replicas share the seal, since they share the secret. What was sealed under `old`, of before a rotation, still opens.
 */
export function createSeals(secret: string, old: string | null = null) {
  const sealOf = sealer(secret);
  const sealers = old === null ? [sealOf] : [sealOf, sealer(old)];
  return {
    seal(value: unknown): string {
      return sealOf(Buffer.from(JSON.stringify(value)).toString('base64url'));
    },
    /** Null for anything that this bot did not seal, be it one character longer. */
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
