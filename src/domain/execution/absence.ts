/**
 * An execution that AWS does not find: since when, and how often it was looked for. DataSync has one error for everything that
 * it refuses, passing trouble included, so that one such answer says nothing. Any other answer begins the count anew.
 */
export interface Absence {
  since: string;
  looks: number;
}

const ABSENT_SECONDS = 600;
/** Two looks far apart are no repeat: a bot may have been down in between. */
const MIN_LOOKS = 5;

/** Whether it has lasted long enough to check if AWS still lists the execution. */
export function isLongAbsent({ since, looks }: Absence, now: Date): boolean {
  return looks >= MIN_LOOKS && now.getTime() - Date.parse(since) >= ABSENT_SECONDS * 1000;
}
