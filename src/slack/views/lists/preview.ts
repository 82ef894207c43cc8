import type { KnownBlock } from '@slack/types';
import { impact } from '../../../domain/execution/impact.ts';
import type { Principals } from '../../../domain/policy/policy.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import { cappedAt } from '../../../domain/run/desired-limit.ts';
import { afterLimit, afterRequested, nextAfterRequested } from '../../../domain/run/limit-ends.ts';
import { count } from '../../../domain/text/count.ts';
import { formatDuration } from '../../../domain/time/duration.ts';
import type { Previewed } from '../../../workflow/commands/preview-throttle.ts';
import { cappedNote } from '../cards/capped-words.ts';
import { exceedsNote, nextNote, SEVERAL_POLICIES } from '../text/approval-words.ts';
import { context, factSection, section } from '../text/blocks.ts';
import { endWords, etaWords, modeWarning, progressBar, shortName } from '../text/execution-words.ts';
import { mentions } from '../text/people-words.ts';
import { clip, dateToken, escapeText, type MessageView } from '../text/text.ts';

export interface PreviewFacts {
  preview: Extract<Previewed, { kind: 'would-ask' }>;
  /** The rule's approvers, limited to people who may be named. */
  approvers: Principals;
  /** The person who would make the request; never one of the approvers. */
  user: string;
  /** Bytes per second under the current limit; null: not known. */
  speed: number | null;
  now: Date;
}

/** What a request would lead to: the rule, the approvals needed and by whom, and the time left under both limits. */
export function previewMessage({ preview, approvers, user, speed, now }: PreviewFacts): MessageView {
  const { rule, proposal, execution, run } = preview;
  const { from, to, detail } = proposal;
  const wanted = { from, to, durationSeconds: detail.duration, until: detail.until ?? null };
  const { before, after } = impact(execution, from, cappedAt(run, to, now).rate, speed, {
    before: afterLimit(run, now),
    after: afterRequested(wanted, run, now),
  });
  const next = nextAfterRequested(wanted, run, now);
  const capped = cappedNote(wanted, run, now);
  const change = `${shortName(execution)}: ${formatRate(from)} → ${formatRate(to)}`;
  const needed = detail.approvals;
  const verdict =
    needed === 0 ? 'You may, and nobody has to agree' : `You may, and it needs ${count(needed, 'approval')}`;
  const warning = modeWarning(execution.mode);
  const blocks: KnownBlock[] = [
    section(`*If you asked now*: ${change}\n${verdict}. Nothing was asked and nothing is recorded by this.`),
    factSection([
      ['Rule', escapeText(rule.name)],
      ['Approvals', needed === 0 ? 'none' : `${count(needed, 'approval')} from: ${mentions(approvers, user)}`],
      ['Time left at the old limit', etaWords(before)],
      ['Time left at the new limit', etaWords(after)],
      ['At AWS', `${escapeText(clip(execution.status, 40))}, ${dateToken(execution.lookedAt)}`],
      ['Progress', progressBar(execution)],
      ['It would wait', `${formatDuration(rule.expiresInSeconds)} for its approvals`],
      ['Reason', rule.reason === 'required' ? 'has to be given' : 'may be left out'],
      ['Ends', endWords({ durationSeconds: detail.duration, until: detail.until ?? null }, now)],
    ]),
    ...(capped ? [section(capped)] : []),
    ...(detail.exceeds ? [section(exceedsNote(detail.exceeds))] : []),
    ...(warning ? [section(warning)] : []),
    context(
      [
        ...(next ? [nextNote(next)] : []),
        'The limit in force when you ask decides which number of approvals counts; it may be another by then.',
        ...(detail.policies ? [SEVERAL_POLICIES] : []),
      ].join('\n'),
    ),
  ];
  return { text: `If you asked now: ${change}. ${verdict}.`, blocks };
}
