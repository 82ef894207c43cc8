import type { ModalView } from '@slack/types';
import { plain, section } from '../text/blocks.ts';
import { LIMITS } from '../text/text.ts';

/** Opened at once, while facts are fetched: a trigger lives three seconds. `text` is plain. */
export function loadingModal(title: string, text: string): ModalView {
  return {
    type: 'modal',
    title: plain(title, LIMITS.modalTitle),
    close: plain('Close'),
    blocks: [{ type: 'section', text: plain(text) }],
  };
}

/** The end of the matter in a modal. `text` is mrkdwn. */
export function noticeModal(title: string, text: string): ModalView {
  return {
    type: 'modal',
    title: plain(title, LIMITS.modalTitle),
    close: plain('Close'),
    blocks: [section(text)],
  };
}
