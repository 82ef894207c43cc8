import type { Target } from '../../../domain/execution/target.ts';
import { quoted } from '../../../domain/text/quoted.ts';
import { type FoundTarget, findTarget } from '../../../workflow/queries/find-target.ts';
import type { ListDeps } from '../../../workflow/queries/list-executions.ts';
import type { Command, Located } from '../../command-text/command.ts';
import type { Caller } from '../../context/interaction.ts';
import type { LookUps } from '../../context/look-ups.ts';
import { type SealDeps, sealCommand } from '../../seals/sealed-ids.ts';
import { type TargetChoiceFacts, targetChoice } from '../../views/lists/target-choice.ts';

export interface LocateDeps extends ListDeps, SealDeps {
  lookUps: LookUps;
}

type Targeted = Extract<Command, { target: unknown }>;

/** What is typed before the target, and what the button of an execution does. */
const KINDS: Readonly<Record<Targeted['kind'], { before: string; does: TargetChoiceFacts['does'] }>> = {
  ask: { before: '', does: 'Request limit' },
  'open-modal': { before: '', does: 'Throttle…' },
  status: { before: 'status ', does: 'Show status' },
  why: { before: 'why ', does: 'Preview' },
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
  const found =
    target.kind === 'arn' ? { kind: 'one' as const, execution: target.execution } : await find(deps, caller, command);
  if (found.kind === 'one') return { ...located, execution: found.execution };
  const { before, does } = KINDS[command.kind];
  const text = (arn: string) => `${before}${arn} ${command.after}`.trim();
  await caller.say(
    targetChoice({
      found,
      typed: quoted(typedAs(target)),
      isName: target.kind === 'name',
      does,
      sealChoice: (arn) => sealCommand(deps, { user: caller.user, text: text(arn) }),
    }),
  );
  return null;
}

function typedAs(target: Target): string {
  if (target.kind === 'name') return target.name;
  if (target.kind === 'arn') return target.execution.arn;
  return [target.taskId, target.executionId].filter((id) => id !== null).join('/');
}

function isTargeted(command: Command): command is Targeted {
  return 'target' in command;
}

function find(deps: LocateDeps, { user, channel }: Caller, { kind, target }: Targeted): Promise<FoundTarget> {
  if (target === null) throw new Error('nothing to find');
  const ask = { user, channel: channel ?? '', target, scope: kind === 'status' ? 'view' : 'request' } as const;
  return deps.lookUps.run('asked', `target ${JSON.stringify(ask)}`, () => findTarget(deps, ask));
}
