import { readFile } from 'node:fs/promises';
import { readPolicyPath } from '../../config/file-paths.ts';
import type { Result } from '../../domain/result.ts';
import { count } from '../../domain/text/count.ts';
import { printable } from '../../domain/text/printable.ts';
import {
  describePolicyFaults,
  describePolicyWarnings,
  type ReadPolicy,
  readPolicyText,
} from '../../policy-file/read-policy-text.ts';
import { CannotRun } from '../cannot-run.ts';
import type { ExitCode, Terminal } from '../terminal.ts';

/** Tells whether the policy file is valid, with warnings about likely mistakes, or lists its faults, all with their lines. */
export async function checkPolicy(file: string | undefined, terminal: Terminal): Promise<ExitCode> {
  const path = file ?? readPolicyPath(terminal.env);
  const read = await readPolicyFile(path);
  if (!read.ok) {
    terminal.say(read.problem);
    return 1;
  }
  terminal.print(...describePolicyWarnings(path, read.value));
  const { rules, links } = read.value.policy;
  const has = [count(rules.length, 'rule'), ...(links.length === 0 ? [] : [count(links.length, 'link')])];
  terminal.print(`${path} is good: ${has.join(', ')}, digest ${read.value.digest}`);
  return 0;
}

/**
 * @returns the policy, or its faults, a line each
 * @throws CannotRun where the file can't be read
 */
export async function readPolicyFile(path: string): Promise<Result<ReadPolicy, string>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CannotRun(`the policy file ${printable(path)} can't be read`, { cause });
  });
  const read = readPolicyText(text);
  return read.ok ? read : { ok: false, problem: describePolicyFaults(path, read.problem) };
}
