/**
 * An execution that AWS does not find: since when, and how often it was read. DataSync has one error for everything it
 * refuses, temporary trouble included, so a single such answer proves nothing. Any other answer resets the count.
 */
export interface Absence {
  since: string;
  looks: number;
}

const ABSENT_SECONDS = 600;
/** Two reads far apart are not enough evidence, because the bot may have been down in between. */
const MIN_LOOKS = 5;

/** Whether it has lasted long enough to check if AWS still lists the execution. */
export function isLongAbsent({ since, looks }: Absence, now: Date): boolean {
  return looks >= MIN_LOOKS && now.getTime() - Date.parse(since) >= ABSENT_SECONDS * 1000;
}
