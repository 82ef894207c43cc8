import { randomBytes } from 'node:crypto';

/** `r-` and 10 random characters of 36: short enough to type, too long to guess. */
export function newRequestId(): string {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyz';
  // 252 is the largest multiple of 36 in a byte: each character is equally likely.
  const fair = Array.from(randomBytes(40)).filter((byte) => byte < 252);
  return `r-${fair
    .slice(0, 10)
    .map((byte) => digits[byte % 36])
    .join('')}`;
}
