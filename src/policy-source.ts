import { readFile } from 'node:fs/promises';
import { printable } from './domain/printable.ts';
import type { Result } from './domain/result.ts';
import { describePolicyFaults, type ReadPolicy, readPolicyText } from './policy-file.ts';
import type { PolicySource } from './workflow/ports.ts';

export interface PolicyFile extends PolicySource {
  current(): ReadPolicy;
  /** Reads the file again. A bad one is refused, in words, and the old one stays. */
  reload(): Promise<Result<ReadPolicy, string>>;
}

/** The policy in force, from its file; what is wrong with the file in words. */
export async function openPolicyFile(file: string): Promise<Result<PolicyFile, string>> {
  const first = await read(file);
  if (!first.ok) return first;
  let current = first.value;
  const source: PolicyFile = {
    current: () => current,
    async reload() {
      const next = await read(file);
      if (next.ok) current = next.value;
      return next;
    },
  };
  return { ok: true, value: source };
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
