const MiB = 1_048_576;
const GiB = 1024 * MiB;

/** Bytes per second as a person says it; -1 is no limit. */
export function rateWords(rate: number): string {
  if (rate < 0) return 'unlimited';
  return rate >= GiB ? `${short(rate / GiB)} GiB/s` : `${short(rate / MiB)} MiB/s`;
}

/** An amount of bytes. */
export function bytesWords(bytes: number): string {
  if (bytes >= 1024 * GiB) return `${short(bytes / (1024 * GiB))} TiB`;
  return bytes >= GiB ? `${short(bytes / GiB)} GiB` : `${short(bytes / MiB)} MiB`;
}

function short(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 });
}
