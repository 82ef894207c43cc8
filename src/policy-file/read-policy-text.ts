import { createHash } from 'node:crypto';
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { parsePolicy } from '../domain/policy/parse-policy.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { PolicyFault } from '../domain/policy/policy-fields.ts';
import { warningsOf } from '../domain/policy/policy-warnings.ts';
import type { Result } from '../domain/result.ts';
import { bad, good } from '../domain/result.ts';
import { printable } from '../domain/text/printable.ts';
import { quoted } from '../domain/text/quoted.ts';

export interface ReadPolicy {
  readonly policy: Policy;
  /** SHA-256 of the text in UTF-8, hex: the name of this policy in records and between replicas. */
  readonly digest: string;
  /** The text itself, kept for auditors. */
  readonly text: string;
}

/** A fault of the policy with its place in the text; the first line and column are 1. */
export interface PolicyFileFault extends PolicyFault {
  readonly line: number;
  readonly column: number;
}

const LONGEST = 256 * 1024;
const MAX_ALIASES = 100;
// One mistake in YAML can cause thousands of meaningless faults after it.
const MAX_SYNTAX_FAULTS = 20;

/** Reads the text of a policy file: YAML 1.2, so JSON too. @returns the policy, or all faults, in the order of their lines */
export function readPolicyText(text: string): Result<ReadPolicy, PolicyFileFault[]> {
  if (text.length > LONGEST) {
    const problem = `the file has ${text.length} characters`;
    return bad([{ line: 1, column: 1, path: [], problem, expected: `at most ${LONGEST}` }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };

  const syntax = [...document.errors, ...document.warnings].map(({ pos: [offset], code, message }): PolicyFileFault => {
    const at = place(offset);
    if (code !== 'DUPLICATE_KEY') return { ...at, path: [], problem: message, expected: 'YAML 1.2, one document' };
    const key = quoted(/^[^\s:]*/.exec(text.slice(offset, offset + 200))?.[0] ?? '');
    return { ...at, path: [], problem: `the key ${key} is there twice`, expected: 'each key once' };
  });
  if (syntax.length > 0) return bad(inOrder(syntax).slice(0, MAX_SYNTAX_FAULTS));

  const aliases = aliasFaults(document).map(({ offset, ...fault }) => ({ ...place(offset), ...fault }));
  if (aliases.length > 0) return bad(inOrder(aliases));

  const parsed = parsePolicy(document.toJS({ maxAliasCount: -1 }));
  if (!parsed.ok) {
    return bad(inOrder(parsed.problem.map((fault) => ({ ...place(offsetOf(document, fault.path)), ...fault }))));
  }
  const digest = createHash('sha256').update(text, 'utf8').digest('hex');
  return good({ policy: parsed.value, digest, text });
}

/** One line for each thing that is valid but surely a mistake: `warn policy.yml:12:5 rules[1]: can never match: …`. */
export function describePolicyWarnings(file: string, { text, policy }: ReadPolicy): string[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placed = warningsOf(policy).map((warning) => {
    const { line, col } = lines.linePos(offsetOf(document, warning.path));
    return { ...warning, line: Math.max(1, line), column: Math.max(1, col) };
  });
  return inOrder(placed).map(
    ({ line, column, path, problem }) => `warn ${file}:${line}:${column} ${writePath(path)} ${problem}`,
  );
}

/** One line for each fault: `policy.yml:12:5 rules[0].approvals.raise: is 3; expected at most 2`. */
export function describePolicyFaults(file: string, faults: readonly PolicyFileFault[]): string {
  return faults
    .map(({ line, column, path, problem, expected }) => {
      const where = path.length === 0 ? '' : ` ${writePath(path)}:`;
      return printable(`${file}:${line}:${column}${where} ${problem}; expected ${expected}`);
    })
    .join('\n');
}

function writePath(path: PolicyFault['path']): string {
  return path
    .map((part) =>
      typeof part === 'number' ? `[${part}]` : /^\w+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join('')
    .replace(/^\./, '');
}

function inOrder<T extends { line: number; column: number }>(faults: readonly T[]): T[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** Aliases are allowed, to share a list of people. Nested ones are refused, since they can expand exponentially. */
function aliasFaults(document: Document): (PolicyFault & { offset: number })[] {
  const aliases: { node: Alias; nested: boolean }[] = [];
  visit(document, {
    Alias: (_key, node, above) => {
      aliases.push({ node, nested: above.some((parent) => isCollection(parent) && parent.anchor !== undefined) });
    },
  });
  const fault = (node: Alias, problem: string, expected: string) => ({
    path: [],
    problem: `the alias *${quoted(node.source)} ${problem}`,
    expected,
    offset: node.range?.[0] ?? 0,
  });
  const oneTooMany = aliases[MAX_ALIASES];
  if (oneTooMany) return [fault(oneTooMany.node, 'is one too many', `at most ${MAX_ALIASES} aliases`)];
  return aliases.flatMap(({ node, nested }) => {
    if (nested) return [fault(node, 'is inside an anchor', 'aliases outside of what an anchor names')];
    return node.resolve(document) ? [] : [fault(node, 'has no anchor', `an anchor &${quoted(node.source)} above it`)];
  });
}

/** The offset of what the path names; of its closest existing parent where that is missing. */
function offsetOf(document: Document, path: PolicyFault['path']): number {
  let node: unknown = document.contents;
  let offset = isCollection(node) || isScalar(node) ? (node.range?.[0] ?? 0) : 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (!isCollection(node)) break;
    const pair = isMap(node)
      ? node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part))
      : null;
    const key: unknown = isMap(node) ? pair?.key : node.items[Number(part)];
    if (!isScalar(key) && !isCollection(key) && !isAlias(key)) break;
    offset = (key as Node).range?.[0] ?? offset;
    node = pair ? pair.value : key;
  }
  return offset;
}
