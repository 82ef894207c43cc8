import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyOnRecord } from '../../src/audit/log/policy-on-record.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { type ReadPolicy, readPolicyText } from '../../src/policy-file/read-policy-text.ts';
import { type PolicyWatch, watchPolicy } from '../../src/policy-file/watch-policy.ts';
import { createPolicies, type Policies } from '../../src/store/ledger/policies.ts';
import { NotRecorded } from '../../src/workflow/faults.ts';
import { AUDIT_KEYS, type OpenedLedger, openLedger } from '../store/given-ledger.ts';

const textOf = (name: string) => `version: 1\nrules:\n  - { name: ${name}, approvals: 0 }\n`;

function read(text: string): ReadPolicy {
  const found = readPolicyText(text);
  if (!found.ok) throw new Error('no policy');
  return found.value;
}

const ONE = read(textOf('one'));
const TWO = read(textOf('two'));

let opened: OpenedLedger;
let started: PolicyWatch[];
let lines: string[];
let rounds: string[];
let now: Date;
beforeEach(async () => {
  opened = await openLedger();
  started = [];
  lines = [];
  rounds = [];
  now = new Date('2026-11-22T10:00:00.000Z');
});
afterEach(async () => {
  await Promise.all(started.map((watch) => watch.stop()));
  opened.close();
});

/** A bot that goes by `first`; `file.text` is what its file says when it is read again. */
function bot(name: string, first: ReadPolicy, through: (real: Policies) => Policies = (real) => real) {
  const file = { text: first.text };
  const watch = watchPolicy({
    ledger: opened.ledger,
    file: { first, read: async () => ({ ok: true, value: read(file.text) }) },
    policies: through(
      createPolicies(opened.redis, opened.keys, name, policyOnRecord(opened.redis, opened.keys, AUDIT_KEYS)),
    ),
    clock: { now: () => now },
    log: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    onRound: () => rounds.push(name),
  });
  started.push(watch);
  return { watch, file };
}

const known = (others: readonly { digest: string; policy: { rules: { name: string }[] } | null }[]) =>
  others.map(({ policy }) => policy?.rules[0]?.name ?? null);
const told = (words: string) => lines.filter((line) => line.includes(words)).length;

describe('a bot that announces its policy', () => {
  it('says each time that Redis has it, and not where Redis can not say', async () => {
    const { watch } = bot('a', ONE);
    await watch.announced;
    const away: Policies['beat'] = () => Promise.reject(new NotRecorded('Redis does not answer'));
    const { watch: other } = bot('b', ONE, (real) => ({ ...real, beat: away }));
    await other.announced;
    expect(rounds).toEqual(['a']);
  });
});

describe('bots that go by different policies', () => {
  it('know each other’s with the first decision of either', async () => {
    const { watch: one } = bot('a', ONE);
    await one.announced;
    expect((await one.counting()).others).toEqual([]);
    const { watch: two } = bot('b', TWO);
    await two.announced;
    expect(known((await one.counting()).others)).toEqual(['two']);
    expect(known((await two.counting()).others)).toEqual(['one']);
    expect(known(one.current().others)).toEqual(['two']);
    await two.stop();
    expect((await one.counting()).others).toEqual([]);
  });

  it('go by a new one only once the others can know of it', async () => {
    const { watch: other } = bot('b', ONE);
    await other.announced;
    const seen: [string, string, string[]][] = [];
    const { watch, file } = bot('a', ONE, (real) => ({
      ...real,
      async beat(digest) {
        const answer = await real.beat(digest);
        if (digest === TWO.digest) {
          seen.push([
            watch.current().digest,
            (await real.text(digest)) ?? '',
            known((await other.counting()).others) as string[],
          ]);
        }
        return answer;
      },
    }));
    await watch.announced;
    file.text = TWO.text;
    await watch.reload();
    expect(seen[0]).toEqual([ONE.digest, TWO.text, ['two']]);
    expect(await watch.counting()).toMatchObject({ digest: TWO.digest });
    expect(await opened.ledger.lookUp({ kind: 'all' }, 9)).toMatchObject([
      { record: { event: 'policy.loaded', policy: TWO.digest } },
      { record: { event: 'policy.loaded', policy: ONE.digest } },
    ]);
  });

  it('keep the old one while Redis takes nothing, and go by the new one with the first decision after it', async () => {
    let away = false;
    const { watch, file } = bot('a', ONE, (real) => ({
      ...real,
      async keep(digest, text) {
        if (away) throw new NotRecorded('Redis does not answer');
        await real.keep(digest, text);
      },
    }));
    await watch.announced;
    away = true;
    file.text = TWO.text;
    await watch.reload();
    expect(watch.current().digest).toBe(ONE.digest);
    await expect(watch.counting()).rejects.toThrow(NotRecorded);
    expect(told('counts once Redis has it')).toBe(1);
    away = false;
    expect(await watch.counting()).toMatchObject({ digest: TWO.digest });
    expect(watch.current().digest).toBe(TWO.digest);
  });

  it('take a text that is missing, another one or no policy for one that can’t be read, until it is there', async () => {
    const { watch } = bot('a', ONE);
    const other = createPolicies(opened.redis, opened.keys, 'b', policyOnRecord(opened.redis, opened.keys, AUDIT_KEYS));
    await other.beat(TWO.digest);
    for (const text of [null, 'version: 9', ONE.text]) {
      if (text !== null) await other.keep(TWO.digest, text);
      expect((await watch.counting()).others).toEqual([{ digest: TWO.digest, policy: null }]);
    }
    await other.keep(TWO.digest, TWO.text);
    expect(known((await watch.counting()).others)).toEqual(['two']);
  });

  it('keep their own texts there, in a Redis that was emptied', async () => {
    const { watch } = bot('a', ONE);
    await watch.announced;
    await opened.redis.del(opened.keys.policyText(ONE.digest));
    await watch.counting();
    await watch.counting();
    expect(await opened.redis.get(opened.keys.policyText(ONE.digest))).toBe(ONE.text);
  });

  it('warn of it after a minute, once, and say when it is over', async () => {
    const { watch } = bot('a', ONE);
    await watch.announced;
    const other = createPolicies(opened.redis, opened.keys, 'b', policyOnRecord(opened.redis, opened.keys, AUDIT_KEYS));
    const later = async (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1000);
      await other.beat(TWO.digest);
      await watch.counting();
      return watch.differing();
    };
    expect([await later(0), await later(59), told('run another policy')]).toEqual([null, null, 0]);
    expect(await later(1)).toEqual({ others: [TWO.digest], unreadable: [TWO.digest] });
    await other.keep(TWO.digest, TWO.text);
    expect(await later(1)).toEqual({ others: [TWO.digest], unreadable: [] });
    expect(told('run another policy')).toBe(1);
    await other.leave();
    await watch.counting();
    expect([watch.differing(), told('one policy again')]).toEqual([null, 1]);
    expect(await later(0)).toBeNull();
  });

  it('have their texts kept for good once a record names them, or another bot decides by them too', async () => {
    const ttl = (policy: ReadPolicy) => opened.redis.ttl(opened.keys.policyText(policy.digest));
    const { watch: one } = bot('a', ONE);
    await one.announced;
    expect(await ttl(ONE)).toBe(-1);
    await opened.redis.del(opened.keys.policyText(ONE.digest));
    await one.counting();
    await expect.poll(() => ttl(ONE)).toBe(-1);

    // One that says what it goes by, and never gets to write a record.
    const other = createPolicies(opened.redis, opened.keys, 'b', policyOnRecord(opened.redis, opened.keys, AUDIT_KEYS));
    await other.keep(TWO.digest, TWO.text);
    await other.beat(TWO.digest);
    expect(await ttl(TWO)).toBeGreaterThan(0);
    await one.counting();
    expect(await ttl(TWO)).toBe(-1);
  });
});
