import type { ReactNode } from 'react';

/** What the page can't show is a fault that one sees, for what is left out nobody misses. */
export function Unrenderable({ what }: { what: string }): ReactNode {
  return (
    <p className="unrenderable" role="note">
      This page can’t show {what}. Slack may.
    </p>
  );
}
