import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { printableJson } from '../../domain/text/printable.ts';
import { isHash, isSeq, parseObject } from './parse-json.ts';

/** The last record of the log at one moment, to be kept outside Redis. */
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

/** `unchecked`: there is no key to check the signature with. */
export type LineSignature = 'good' | 'bad' | 'unsigned' | 'unsigned-though-key' | 'unchecked';

/** The signing key or its public half; several where it was rotated. Null or none: signatures can't be checked. */
export type Signers = KeyObject | readonly KeyObject[] | null;

/** One line, with its line feed; signed (Ed25519, base64) where there is a key. */
export function writeCheckpointLine({ log, seq, hash, count, at }: Checkpoint, signingKey: KeyObject | null): string {
  const text = printableJson({ log, seq, hash, count, at });
  const sig = signingKey && sign(null, Buffer.from(text), signingKey).toString('base64');
  return `{"checkpoint":${text}${sig ? `,"sig":"${sig}"` : ''}}\n`;
}

/** Null where this is not a checkpoint. */
export function readCheckpointLine(line: string): CheckpointLine | null {
  // The signature is over the exact text of the value, so that text is cut out of the line. Its values contain no braces.
  const [, text, sig] =
    /^\s*\{\s*"checkpoint"\s*:\s*(\{[^{}]*\})\s*(?:,\s*"sig"\s*:\s*"([A-Za-z0-9+/=]*)"\s*)?\}\s*$/.exec(line) ?? [];
  const read = text === undefined ? null : parseObject(text);
  if (text === undefined || read === null) return null;
  const { log, seq, hash, count, at } = read;
  if (typeof log !== 'string' || !isSeq(seq) || typeof hash !== 'string' || !isHash(hash)) return null;
  if (!isSeq(count) || typeof at !== 'string') return null;
  return { checkpoint: { log, seq, hash, count, at }, text, sig: sig ?? null };
}

/** Of a checkpoint, or of the head line of an export. */
export function signatureOf({ text, sig }: { text: string; sig: string | null }, by: Signers): LineSignature {
  const keys = [by ?? []].flat();
  if (sig === null) return keys.length > 0 ? 'unsigned-though-key' : 'unsigned';
  if (keys.length === 0) return 'unchecked';
  const signature = Buffer.from(sig, 'base64');
  const publics = keys.map((key) => (key.type === 'private' ? createPublicKey(key) : key));
  return publics.some((key) => verify(null, Buffer.from(text), key, signature)) ? 'good' : 'bad';
}
