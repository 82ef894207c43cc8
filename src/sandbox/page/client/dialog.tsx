import { type ReactNode, useLayoutEffect, useRef } from 'react';

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
    current?.showModal();
    return () => {
      // Closed while it is still in the tree, or the focus would not go back to where it was.
      current?.close();
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
