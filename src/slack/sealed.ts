import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 12;

/**
 * Ids that leave with a button or a modal and come back later: sealed, so that an edited one is known as such. All
 * replicas share the seal, since they share the secret.
 */
export function createSeals(secret: string) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'datasync-throttle/sealed-ids/v1', 32));
  const macOf = (text: string) => createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES);
  return {
    seal(value: unknown): string {
      const text = Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${text}.${macOf(text).toString('base64url')}`;
    },
    /** Null for anything that this bot did not seal. */
    open(sealed: string): unknown {
      const [text = '', mac = ''] = sealed.split('.');
      const given = Buffer.from(mac, 'base64url');
      if (given.length !== MAC_BYTES || !timingSafeEqual(given, macOf(text))) return null;
      return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    },
  };
}

export type Seals = ReturnType<typeof createSeals>;
