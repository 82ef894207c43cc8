import { expect, it } from 'vitest';
import { differingField } from '../../../src/domain/proof/differing-field.ts';
import { throttleRequest } from '../../../src/domain/request/throttle-request.ts';

const REQUEST = {
  id: 'r-1',
  approvals: [{ by: { team: 'T0', user: 'U0LEAD', name: 'lead' }, at: '2026-11-22T10:00:00.000Z', comment: null }],
  hold: { base: 1, end: null },
};

it.each([
  ['nothing, for an absent field and null', { ...REQUEST, until: null }, null],
  ['nothing, for a field of a newer version', { ...REQUEST, newer: 1, hold: { ...REQUEST.hold, newer: 2 } }, null],
  ['a field', { ...REQUEST, id: 'r-2' }, 'id'],
  ['a field that is absent in the other', { ...REQUEST, until: '2026-11-22T10:00:00.000Z' }, 'until'],
  ['a field of a grant', { ...REQUEST, hold: { base: -1, end: null } }, 'hold.base'],
  ['a grant', { ...REQUEST, hold: null }, 'hold'],
  ['one of a list', { ...REQUEST, approvals: [] }, 'approvals.0'],
])('%s', (_, other, field) => {
  expect(differingField(throttleRequest, REQUEST, other)).toBe(field);
  expect(differingField(throttleRequest, other, REQUEST)).toBe(field);
});
