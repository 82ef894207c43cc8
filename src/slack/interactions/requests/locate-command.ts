import { createHash } from 'node:crypto';
import { quoted } from '../../../domain/text/quoted.ts';
import {
  type FoundTarget,
  findTarget,
  type SoughtTarget,
  type TargetWait,
} from '../../../workflow/queries/find-target.ts';
import type { ListDeps } from '../../../workflow/queries/list-executions.ts';
import type { Command, Located, TargetedCommand } from '../../command-text/command.ts';
import type { Caller } from '../../context/interaction.ts';
import type { LookUps } from '../../context/look-ups.ts';
import { type SealDeps, sealCommand } from '../../seals/sealed-ids.ts';
import { type TargetChoiceFacts, targetChoice } from '../../views/lists/target-choice.ts';

export interface LocateDeps extends ListDeps, SealDeps {
  lookUps: LookUps;
}

/** What is typed before the target, and what the button of an execution does. */
const KINDS: Readonly<Record<TargetedCommand['kind'], { before: string; does: TargetChoiceFacts['does'] }>> = {
  ask: { before: '', does: 'request' },
  'open-modal': { before: '', does: 'form' },
  status: { before: 'status ', does: 'status' },
  why: { before: 'why ', does: 'preview' },
};

/** A request is made by what AWS lists now. A form must open before its trigger expires, 3 s after it was typed. */
const WAITS: Readonly<Record<TargetedCommand['kind'], TargetWait>> = {
  ask: 'fresh',
  'open-modal': 'short',
  status: 'usual',
  why: 'usual',
};

/**
 * Finds the execution that a command is about. Null: it is not clear, and the person was told so, with a button for each
 * execution that it could be.
 * @throws PersonUnknown
 */
export async function locateCommand<C extends Command>(
  deps: LocateDeps,
  caller: Caller,
  command: C,
): Promise<Located<C> | null> {
  const located = command as Located<C>;
  if (!isTargeted(command)) return located;
  const { target } = command;
  if (target === null) return { ...located, execution: null };
  if (target.kind === 'arn') return { ...located, execution: target.execution };
  const found = await find(deps, caller, { kind: command.kind, target });
  if (found.kind === 'one') return { ...located, execution: found.execution };
  const { before, does } = KINDS[command.kind];
  const text = (arn: string) => `${before}${arn} ${command.after}`.trim();
  await caller.say(
    targetChoice({
      found,
      typed: quoted(typedAs(target)),
      isName: target.kind === 'name',
      does,
      sealChoice: (arn) => sealCommand(deps, { user: caller.user, text: text(arn), op: caller.op }),
    }),
  );
  return null;
}

function typedAs(target: SoughtTarget): string {
  if (target.kind === 'name') return target.name;
  return [target.taskId, target.executionId].filter((id) => id !== null).join('/');
}

function isTargeted(command: Command): command is TargetedCommand {
  return 'target' in command;
}

function find(
  deps: LocateDeps,
  { user, channel }: Caller,
  { kind, target }: { kind: TargetedCommand['kind']; target: SoughtTarget },
): Promise<FoundTarget> {
  const scope = kind === 'status' ? 'view' : 'request';
  const ask = { user, channel: channel ?? '', target, scope, wait: WAITS[kind] } as const;
  return deps.lookUps.run('asked', `target ${JSON.stringify(ask)}`, () => findTarget(deps, ask));
}

/** The operation key of a choice: each button of each command has one, which its repeats share. */
export function choiceOp(sealed: string): string {
  return `choice:${createHash('sha256').update(sealed).digest('hex').slice(0, 32)}`;
}
