import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { focusableAround } from '../frame/kept-focus.ts';

/** A modal dialog of the browser's: it keeps the focus inside, and gives it back when it goes. */
export function Dialog(of: {
  labelledBy: string;
  className: string;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    const opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    // Looked up now: the button may be gone when it closes, with a card that was edited meanwhile.
    const around = opener === null ? [] : focusableAround(opener);
    current?.showModal();
    return () => {
      // Closed while it is still in the tree, or the focus would not go back to where it was.
      current?.close();
      if (opener?.isConnected === false) around.find((one) => one.isConnected)?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={of.className}
      aria-labelledby={of.labelledBy}
      onCancel={(event) => {
        // Who opened it takes it away: it is there as long as it is in the tree.
        event.preventDefault();
        event.stopPropagation();
        of.onClose();
      }}
    >
      {of.children}
    </dialog>
  );
}
