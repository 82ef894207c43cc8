import type { AuditVerdicts } from '../../../workflow/ports/audit/audit-reader.ts';
import { section } from '../text/blocks.ts';
import { clip, code, escapeText, type MessageView } from '../text/text.ts';

const MAX_WHY_LENGTH = 700;
const MARK = { ok: ':white_check_mark:', fault: ':x:', unknown: ':grey_question:' } as const;

/** The three verdicts and what to do about them. `lost`: why the bot has stopped writing to the log. */
export function verdictMessage(found: AuditVerdicts, lost: string | null): MessageView {
  const { integrity, completeness, authenticity, faulty, firstBad } = found;
  const unknown = [integrity, completeness, authenticity].some(({ verdict }) => verdict === 'unknown');
  const text = faulty
    ? `The audit log is not good: ${firstBad === null ? 'the fault is not in a record' : `the first bad record is ${firstBad}`}.`
    : `No fault was found in the audit log${unknown ? ', as far as it could be checked' : ''}.`;
  const lines = Object.entries({ integrity, completeness, authenticity }).map(
    ([name, { verdict, why }]) => `${MARK[verdict]} *${name}* ${verdict}: ${escapeText(clip(why, MAX_WHY_LENGTH))}`,
  );
  const next = faulty
    ? 'Tell whoever runs the bot, and keep your checkpoints and exports: they are the witnesses.'
    : '';
  const gone = lost === null ? '' : `:rotating_light: Nothing more is written: ${code(clip(lost, MAX_WHY_LENGTH))}`;
  const blocks = [`*${text}*`, lines.join('\n'), next, gone].filter((part) => part !== '').map((part) => section(part));
  return { text, blocks };
}
