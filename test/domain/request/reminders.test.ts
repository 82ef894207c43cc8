import { describe, expect, it } from 'vitest';
import { reminderDue, reminderTimes } from '../../../src/domain/request/reminders.ts';
import { at, requested } from '../given.ts';

// 30 minutes from T0.
const request = requested();

describe('reminders', () => {
  it('are after a third and two thirds of the time', () => {
    expect(reminderTimes(request)).toEqual([at(600), at(1200)]);
  });

  it.each([
    [0, 0, at(600)],
    [599, 0, at(600)],
    [600, 1, at(1200)],
    [1199, 1, at(1200)],
    [1200, 2, null],
    [9999, 2, null],
  ])('after %s s it is time for number %s', (seconds, nth, next) => {
    expect(reminderDue(request, at(seconds))).toEqual({ nth, next });
  });
});
