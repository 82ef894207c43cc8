import type { ModalView } from '@slack/types';
import { plain, section } from '../text/blocks.ts';
import { LIMITS, type MessageView } from '../text/text.ts';

/** Opened at once while facts are fetched, because a trigger expires after three seconds. `text` is plain text. */
export function loadingModal(title: string, text: string): ModalView {
  return {
    type: 'modal',
    title: plain(title, LIMITS.modalTitle),
    close: plain('Close'),
    blocks: [{ type: 'section', text: plain(text) }],
  };
}

/** A modal that only shows a text, as its final state. `text` is mrkdwn. */
export function noticeModal(title: string, text: string): ModalView {
  return {
    type: 'modal',
    title: plain(title, LIMITS.modalTitle),
    close: plain('Close'),
    blocks: [section(text)],
  };
}

/** A modal that shows what is a message elsewhere. */
export function messageModal(title: string, { blocks }: MessageView): ModalView {
  return { type: 'modal', title: plain(title, LIMITS.modalTitle), close: plain('Close'), blocks };
}
