import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeals } from '../../../src/slack/seals/seals.ts';

const seals = createSeals('a signing secret');
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const partsOf = (sealed: string) => sealed.split('.') as [text: string, mac: string];

describe('a seal', () => {
  it('gives back what was sealed, on every replica that has the secret', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(createSeals('a signing secret').open(seals.seal(value))).toEqual(plain);
      }),
    );
  });

  it('fits into what Slack carries: a button’s value of the longest id', () => {
    const arn = `arn:aws-us-gov:datasync:us-gov-west-1:111122223333:task/task-${'0'.repeat(17)}/execution/exec-${'0'.repeat(17)}`;
    expect(seals.seal({ k: 'execution', a: arn }).length).toBeLessThan(2000);
    expect(seals.seal('x')).toMatch(/^[\w-]+\.[\w-]{16}$/);
  });

  it('is invalid if its MAC is of another value, though it is well formed', () => {
    const [, mac] = partsOf(seals.seal({ k: 'modal', u: 'U0LEAD', r: 'r-0000000001' }));
    expect(seals.open(`${encoded({ k: 'modal', u: 'U0LEAD', r: 'r-0000000002' })}.${mac}`)).toBeNull();
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(JSON.stringify(value) !== '{"k":"modal","u":"U0LEAD","r":"r-0000000001"}');
        expect(seals.open(`${encoded(value)}.${mac}`)).toBeNull();
      }),
    );
  });

  it('is none without a MAC, with a part of one, or with more', () => {
    const sealed = seals.seal({ k: 'request', r: 'r-0000000001' });
    const [text, mac] = partsOf(sealed);
    for (const edited of [text, `${text}.`, `${text}.${mac.slice(0, -1)}`, `${sealed}x`, `${sealed}.${mac}`, '', '.']) {
      expect(seals.open(edited), edited).toBeNull();
    }
  });

  it('is none in any character that was changed', () => {
    const sealed = seals.seal({ k: 'request', r: 'r-0000000001' });
    for (const [place, was] of [...sealed].entries()) {
      const edited = `${sealed.slice(0, place)}${was === 'A' ? 'B' : 'A'}${sealed.slice(place + 1)}`;
      expect(seals.open(edited), edited).toBeNull();
    }
  });

  it('is none of another secret', () => {
    expect(seals.open(createSeals('another secret').seal({ k: 'request', r: 'r-0000000001' }))).toBeNull();
  });

  it('of before a rotation still opens, and nothing new is sealed under the old secret', () => {
    const rotated = createSeals('a new signing secret', 'a signing secret');
    expect(rotated.open(seals.seal({ k: 'request', r: 'r-0000000001' }))).toEqual({ k: 'request', r: 'r-0000000001' });
    expect(seals.open(rotated.seal('x'))).toBeNull();
    expect(createSeals('a new signing secret').open(rotated.seal('x'))).toBe('x');
    expect(rotated.open(createSeals('another secret').seal('x'))).toBeNull();
  });

  it('is none of whatever else comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(seals.open(text)).toBeNull();
      }),
    );
  });
});
