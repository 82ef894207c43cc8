import type { KnownBlock, ModalView } from '@slack/types';
import { plain, section } from './blocks.ts';
import { LIMITS } from './text.ts';

/** Opened at once, while facts are fetched: a trigger lives three seconds. `text` is plain. */
export function loadingModal(title: string, text: string): ModalView {
  return {
    type: 'modal',
    title: plain(title, LIMITS.modalTitle),
    close: plain('Close'),
    blocks: [{ type: 'section', text: plain(text) }],
  };
}

/** On top of what rests on the log, while it is lost. */
export function lostLog(lost: boolean): KnownBlock[] {
  const words =
    ':rotating_light: *The audit log is not the one that was written before: records may be lost.* What stands here of requests may be old, and nothing is written until a person has looked.';
  return lost ? [section(words)] : [];
}

/** The end of the matter in a modal. `text` is mrkdwn of `words*.ts`. */
export function noticeModal(title: string, text: string): ModalView {
  return {
    type: 'modal',
    title: plain(title, LIMITS.modalTitle),
    close: plain('Close'),
    blocks: [section(text)],
  };
}
