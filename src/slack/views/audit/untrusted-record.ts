import type { UnreadLine } from '../../../workflow/ports/audit/audit-line.ts';
import { code } from '../text/text.ts';

const WHY: Record<UnreadLine['why'], string> = {
  missing: 'is listed, but missing from the log',
  unreadable: 'is damaged and can’t be read',
  altered: 'was altered: its hash or signature doesn’t match its content',
  'other-key': 'is signed with a key that isn’t in AUDIT_KEYS',
  moved: 'was copied from another place in the log',
  'unknown-event': 'has an event type that this version doesn’t know',
  'unknown-detail': 'has details that this version can’t read',
};

/** Shown in place of a record that can't be trusted or read; mrkdwn. */
export function untrustedLine({ seq, why }: UnreadLine): string {
  const advice =
    why === 'unknown-event' || why === 'unknown-detail'
      ? 'It may come from a newer version.'
      : `Don’t rely on it. Run ${code('audit verify')}.`;
  return `:warning: *Record ${seq} ${WHY[why]}.* Its content isn’t shown. ${advice}`;
}
