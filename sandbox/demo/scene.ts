import type { LocalDataSync } from '../datasync/start-data-sync.ts';
import type { Wire } from '../datasync/wires.ts';
import type { World } from '../local-world.ts';
import type { Transcript } from './transcript.ts';

const MiB = 1_048_576;
const GiB = 1024 * MiB;

/** The limits before and after the request, bytes per second. */
export const BEFORE = 100 * MiB;
export const WANTED = 50 * MiB;

export const ROLE = 'arn:aws:iam::111122223333:role/datasync-throttle';

export const POLICY = `version: 1
audit:
  readers: { users: [U0AUDIT], groups: [S0LEADS] }
rules:
  - name: production
    match: { accounts: ["111122223333"], regions: [us-east-1, eu-west-1], channels: [C0OPS] }
    requesters: { groups: [S0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: { lower: 1, raise: 1, unlimited: 2 }
    rate: { min: 1MiB/s, max: 1GiB/s }
    maxDuration: 12h
    role: ${ROLE}
`;

/** The policy with a link for a wire: its capacity, and half of it in office hours. */
export function policyWithLink({ name, capacity, tasks }: Wire): string {
  const rule = `  - name: ${name}
    match: { links: [${name}], channels: [C0OPS] }
    requesters: { groups: [S0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: { lower: 1, raise: 1, unlimited: 2 }
    maxDuration: 12h
`;
  const link = `links:
  - name: ${name}
    about: Dublin, the uplink that three tasks share
    tasks: ${JSON.stringify(tasks)}
    capacity: ${capacity / MiB}MiB/s
    share: together
    zone: Europe/Dublin
    timetable:
      - { days: mon-fri, from: "08:00", to: "18:00", capacity: ${capacity / MiB / 2}MiB/s }
`;
  return POLICY + rule + link;
}

/** Where the play is played. */
export interface Stage {
  world: World;
  /** The execution that the request is about: running, limited to 100 MiB/s. */
  star: string;
  transcript: Transcript;
}

/** A small company's day: tasks in two Regions, an execution of every kind, and a wire that is too narrow for three of them. */
export function setScene(aws: LocalDataSync): Pick<Stage, 'star'> & { wire: Wire } {
  const account = '111122223333';
  const photos = aws.addTask({ name: 'photo-archive', account, region: 'us-east-1' });
  const backups = aws.addTask({ name: 'db-backups', account, region: 'us-east-1' });
  const media = aws.addTask({ name: 'media-masters', account, region: 'eu-west-1', mode: 'ENHANCED' });
  const images = aws.addTask({ name: 'lab-images', account, region: 'eu-west-1' });
  const wire = { name: 'dublin-wan', capacity: 240 * MiB, tasks: [backups, media, images] };
  aws.addWire(wire);
  const star = aws.startExecution(photos, {
    status: 'TRANSFERRING',
    bytes: 2048 * GiB,
    transferred: 860 * GiB,
    bytesPerSecond: BEFORE,
  });
  aws.startExecution(backups, { status: 'TRANSFERRING', bytes: 400 * GiB });
  aws.queueExecution(backups, { bytes: 60 * GiB, bytesPerSecond: 40 * MiB });
  aws.startExecution(media, { status: 'TRANSFERRING', bytes: 900 * GiB, linkBytesPerSecond: 200 * MiB });
  aws.startExecution(images, { status: 'TRANSFERRING', bytes: 500 * GiB, linkBytesPerSecond: 60 * MiB });
  return { star, wire };
}
