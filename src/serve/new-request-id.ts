import { randomBytes } from 'node:crypto';

/** `r-` and 10 characters of 36: short enough to type, and nobody guesses one. */
export function newRequestId(): string {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyz';
  // 252 is the most of a byte that 36 divides evenly.
  const fair = Array.from(randomBytes(40)).filter((byte) => byte < 252);
  return `r-${fair
    .slice(0, 10)
    .map((byte) => digits[byte % 36])
    .join('')}`;
}
