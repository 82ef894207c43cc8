import { type ReactNode, useId } from 'react';
import { createPortal } from 'react-dom';
import type { Json } from '../../page-state.ts';
import { wordsIn } from '../json.ts';
import { TextObject } from '../text/words.tsx';
import { Dialog } from './dialog.tsx';

/** The question before something is done: Block Kit's confirmation object. */
export function ConfirmDialog({ of, onAnswer }: { of: Json; onAnswer: (yes: boolean) => void }): ReactNode {
  const title = useId();
  const danger = of.style === 'danger' ? 'danger' : 'primary';
  return createPortal(
    <Dialog labelledBy={title} className="dialog confirm" onClose={() => onAnswer(false)}>
      <h2 id={title}>{wordsIn(of, 'title')}</h2>
      <p className="said">
        <TextObject of={of.text} />
      </p>
      <footer>
        <button type="button" className="button" onClick={() => onAnswer(false)}>
          {wordsIn(of, 'deny')}
        </button>
        <button type="button" className={`button ${danger}`} onClick={() => onAnswer(true)}>
          {wordsIn(of, 'confirm')}
        </button>
      </footer>
    </Dialog>,
    document.body,
  );
}
