import { useEffect, useLayoutEffect, useRef } from 'react';

/**
 * Whatever has the focus may be taken away by news, such as a button of a card that was edited. Then what it stood in
 * gets the focus, or else the composer: never nothing. Who clicked beside everything keeps it so.
 */
export function useKeptFocus(): void {
  const last = useRef<readonly HTMLElement[]>([]);
  useEffect(() => {
    const remember = ({ target }: FocusEvent): void => {
      if (target instanceof HTMLElement) last.current = [target, ...focusableAround(target)];
    };
    document.addEventListener('focusin', remember);
    return () => document.removeEventListener('focusin', remember);
  }, []);
  useLayoutEffect(() => {
    const [element, ...around] = last.current;
    if (element === undefined || element.isConnected || document.activeElement !== document.body) return;
    const next = around.find((one) => one.isConnected) ?? document.getElementById('composer');
    next?.focus({ preventScroll: true });
  });
}

/** What the focus may go to instead where an element is taken away, nearest first. */
export function focusableAround(element: HTMLElement): HTMLElement[] {
  const around = element.parentElement?.closest<HTMLElement>('[tabindex]') ?? null;
  return around === null ? [] : [around, ...focusableAround(around)];
}
