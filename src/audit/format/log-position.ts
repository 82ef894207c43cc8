/** The place of one record in one log. Its hash, in hex, tells it from any other record that could be in that place. */
export interface LogPosition {
  log: string;
  seq: number;
  hash: string;
}

export function samePosition(one: LogPosition, other: LogPosition): boolean {
  return one.log === other.log && one.seq === other.seq && one.hash === other.hash;
}
