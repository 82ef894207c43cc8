import type { ReactNode } from 'react';

/** A person's initials on one of five colours. */
export function Avatar({ hue, name }: { hue: number; name: string }): ReactNode {
  const initials = name
    .split(' ')
    .map((part) => part[0])
    .join('');
  return (
    <span className={`avatar hue-${hue % 5}`} aria-hidden="true">
      {initials}
    </span>
  );
}
