import { expect, it } from 'vitest';
import { linkOfTask } from '../../../src/domain/link/link.ts';
import { link } from './given-timetable.ts';

const task = (id: string, account = '111122223333') =>
  `arn:aws:datasync:us-east-1:${account}:task/task-${id.padStart(17, '0')}`;
const location = 'arn:aws:datasync:us-east-1:111122223333:location/loc-0123456789abcdef0';
const [one, other, found] = [
  link({ name: 'one', tasks: [task('1'), task('2')] }),
  link({ name: 'other', tasks: [task('3')] }),
  link({ name: 'found', locations: [location] }),
];

it.each([
  [task('2'), one],
  [task('3'), other],
  [task('4'), null],
  // The same id in another account is another task.
  [task('3', '444455556666'), null],
  [location, null],
])('The link of %s is the one that lists it', (arn, expected) => {
  expect(linkOfTask([found, one, other], arn)).toBe(expected);
});
