import { section } from '../text/blocks.ts';
import { link, type MessageView } from '../text/text.ts';

/** Replaces a message that was posted twice; it has no buttons. */
export function duplicateNotice(kept: string | null): MessageView {
  const where = kept === null ? 'Use the other one' : `Use ${link(kept, 'the other one')}`;
  const words = `This message was posted twice, and this copy is no longer updated. ${where}.`;
  return { text: words, blocks: [section(`:heavy_multiplication_x: ${words}`)] };
}
