import { count } from '../../../domain/text/count.ts';
import { section } from '../text/blocks.ts';
import { clip, code, LIMITS, type MessageView } from '../text/text.ts';

/** Checkpoints shown in one message; older ones are in the log itself. */
const MAX_LINES = 8;

/** Checkpoints for the audit channel. A copy kept outside Redis can be compared with the log later. */
export function checkpointNotice(lines: readonly string[]): MessageView {
  const shown = lines.slice(-MAX_LINES).map((line) => line.trim());
  const more = lines.length - shown.length;
  const text = `${count(lines.length, 'audit checkpoint')}${more > 0 ? `, the last ${shown.length}` : ''}. Kept in a file, ${code('audit verify --checkpoints')} holds the log against them.`;
  return { text, blocks: [section(text), section(`\`\`\`${shown.join('\n')}\`\`\``)] };
}

/** `why` describes what was found and what to do. */
export function lostNotice(why: string): MessageView {
  const text = [
    ':rotating_light: *The audit log is not the one that was written before: records may be lost.* The bot writes nothing more, asks nothing of AWS, and tells whoever asks.',
    code(clip(why, LIMITS.section / 2)),
    'Whoever runs it has to look first: restore the log and start the bot again, or accept the loss by that command, which is itself on record.',
  ].join('\n');
  return { text, blocks: [section(text)] };
}

/**
 * Someone changed a record, or data next to the log, but no record is missing, so the bot keeps writing. `why`
 * describes what was found.
 */
export function alarmNotice(why: string): MessageView {
  const text = [
    ':rotating_light: *The audit log or its data in Redis was changed by someone else.* No limit was changed by it.',
    code(clip(why, LIMITS.section / 2)),
    `Run ${code('audit verify')} and find out who has write access to Redis.`,
  ].join('\n');
  return { text, blocks: [section(text)] };
}

export function resumedNotice(): MessageView {
  const text = 'The loss of audit records was accepted, and is on record: the bot writes again.';
  return { text, blocks: [section(text)] };
}
