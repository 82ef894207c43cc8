import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { archiveAudit } from '../../../src/commands/audit/archive-audit.ts';
import { type RebuildOptions, rebuildAudit } from '../../../src/commands/audit/rebuild-audit.ts';
import { createTerminal, type Terminal } from '../../../src/commands/terminal.ts';
import { AUDIT_KEYS } from '../../store/given-ledger.ts';
import { type Given, prefixOf } from '../../workflow/given-bot.ts';

/** The commands of the terminal on the log of a bot, at its time. */
export function commandsOn(given: Given) {
  async function run(command: (terminal: Terminal) => Promise<number>) {
    const { bot } = given;
    const out = new PassThrough();
    const said: string[] = [];
    const env = {
      REDIS_URL: inject('redisUrl'),
      REDIS_KEY_PREFIX: prefixOf(bot),
      AUDIT_KEYS: AUDIT_KEYS.map(({ kid, key }) => `${kid}:${key.toString('hex')}`).join(','),
    };
    const err = { write: (words: string) => said.push(words) };
    const terminal = createTerminal({ env, out, err, now: () => bot.clock.now() });
    const code = await command(terminal).finally(() => out.end());
    return { code, out: await text(out), said: said.join('') };
  }

  /** Every key that is not the log's. */
  async function otherKeys(): Promise<string[]> {
    const { redis, keys } = given.bot;
    const log = keys.audit.slice(0, keys.audit.lastIndexOf(':'));
    const all = await redis.keys(`${log.slice(0, log.lastIndexOf(':'))}:*`);
    return all.filter((key) => !key.startsWith(`${log}:`)).sort();
  }

  const rebuild = (options: RebuildOptions = {}) => run((terminal) => rebuildAudit(options, terminal, given.bot.clock));
  return {
    run,
    rebuild,
    dryRun: () => rebuild({ dryRun: true }),
    /** Archives all that may leave Redis up to a moment. */
    async archive(until: Date) {
      const folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-rebuild-'));
      const out = join(folder, 'archive');
      return run((terminal) => archiveAudit({ until: until.toISOString(), out }, terminal)).finally(() =>
        rm(folder, { recursive: true }),
      );
    },
    otherKeys,
    async forgetAll(): Promise<void> {
      const others = await otherKeys();
      if (others.length > 0) await given.bot.redis.del(...others);
    },
  };
}

export const GOOD = { code: 0, said: 'What is stored is what the log says. The bots may be started.\n' };
