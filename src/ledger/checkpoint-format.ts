import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { printableJson } from '../domain/printable.ts';
import { isHash, isSeq, linesOf, parseObject } from './export-format.ts';

/** Where the log stood at one moment, for somebody who keeps it outside Redis. */
export interface Checkpoint {
  log: string;
  seq: number;
  /** Of that record, hex. */
  hash: string;
  /** How many records the log had by then. */
  count: number;
  at: string;
}

export interface CheckpointLine {
  checkpoint: Checkpoint;
  /** The exact text that the signature is over. */
  text: string;
  sig: string | null;
}

/** `unchecked`: there is no key to check it with. */
export type LineSignature = 'good' | 'bad' | 'unsigned' | 'unsigned-though-key' | 'unchecked';

/** The key that signs or its public half; several where it was rotated; null or none: nobody can check. */
export type Signers = KeyObject | readonly KeyObject[] | null;

/** One line, with its end; signed (Ed25519, base64) where there is a key. */
export function writeCheckpointLine({ log, seq, hash, count, at }: Checkpoint, signingKey: KeyObject | null): string {
  const text = printableJson({ log, seq, hash, count, at });
  const sig = signingKey && sign(null, Buffer.from(text), signingKey).toString('base64');
  return `{"checkpoint":${text}${sig ? `,"sig":"${sig}"` : ''}}\n`;
}

/** Null where the line is no checkpoint. */
export function readCheckpointLine(line: string): CheckpointLine | null {
  // The value's own text is what is signed, so it is cut out and not written anew. Its values hold no braces.
  const [, text, sig] =
    /^\s*\{\s*"checkpoint"\s*:\s*(\{[^{}]*\})\s*(?:,\s*"sig"\s*:\s*"([A-Za-z0-9+/=]*)"\s*)?\}\s*$/.exec(line) ?? [];
  const read = text === undefined ? null : parseObject(text);
  if (text === undefined || read === null) return null;
  const { log, seq, hash, count, at } = read;
  if (typeof log !== 'string' || !isSeq(seq) || typeof hash !== 'string' || !isHash(hash)) return null;
  if (!isSeq(count) || typeof at !== 'string') return null;
  return { checkpoint: { log, seq, hash, count, at }, text, sig: sig ?? null };
}

/** Of a line of checkpoints, or of the head line of an export. */
export function signatureOf({ text, sig }: { text: string; sig: string | null }, by: Signers): LineSignature {
  const keys = [by ?? []].flat();
  if (sig === null) return keys.length > 0 ? 'unsigned-though-key' : 'unsigned';
  if (keys.length === 0) return 'unchecked';
  const signature = Buffer.from(sig, 'base64');
  const publics = keys.map((key) => (key.type === 'private' ? createPublicKey(key) : key));
  return publics.some((key) => verify(null, Buffer.from(text), key, signature)) ? 'good' : 'bad';
}

/** What a file of checkpoints says; `bad`: lines that are none, cut short by a crash or damaged. */
export async function readCheckpointFile(file: string): Promise<{ lines: CheckpointLine[]; bad: number[] }> {
  const lines: CheckpointLine[] = [];
  const bad: number[] = [];
  let number = 0;
  for await (const line of linesOf(createReadStream(file))) {
    number += 1;
    const read = readCheckpointLine(line);
    if (read) lines.push(read);
    else if (line.trim() !== '') bad.push(number);
  }
  return { lines, bad };
}

/** Appends lines and waits until they are on the disk. What a crash cut short before is closed off first. */
export async function appendCheckpoints(file: string, lines: readonly string[]): Promise<void> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const begin = size > 0 && last.toString() !== '\n' ? '\n' : '';
    await handle.appendFile(begin + lines.join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
