import { readFile } from 'node:fs/promises';
import type { Result } from '../domain/result.ts';
import { printable } from '../domain/text/printable.ts';
import { describePolicyFaults, type ReadPolicy, readPolicyText } from './read-policy-text.ts';

export interface PolicyFile {
  /** The policy when the file was opened. */
  readonly first: ReadPolicy;
  /** Reads the file again. @returns the policy, or a description of what is wrong */
  read(): Promise<Result<ReadPolicy, string>>;
}

/** Opens a policy file by reading it once. @returns the file, or a description of what is wrong */
export async function openPolicyFile(file: string): Promise<Result<PolicyFile, string>> {
  const first = await read(file);
  return first.ok ? { ok: true, value: { first: first.value, read: () => read(file) } } : first;
}

async function read(file: string): Promise<Result<ReadPolicy, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    return { ok: false, problem: printable(`the policy file ${file} can't be read (POLICY_FILE): ${why}`) };
  }
  const found = readPolicyText(text);
  return found.ok ? found : { ok: false, problem: describePolicyFaults(file, found.problem) };
}
