import { useState } from 'react';

interface Drafts {
  of(seat: string, channel: string): string;
  set(seat: string, channel: string, words: string): void;
}

/** What is typed and not sent yet: each person's own, in each channel. */
export function useDrafts(): Drafts {
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  return {
    of: (seat, channel) => drafts[`${seat} ${channel}`] ?? '',
    set: (seat, channel, words) => setDrafts((before) => ({ ...before, [`${seat} ${channel}`]: words })),
  };
}
