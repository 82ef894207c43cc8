import type { Misaddressed } from '../connection/addressee.ts';

/** The answer to a click, form or command that is ignored before its content is read. */
export const IGNORED: Readonly<Record<Misaddressed | 'unreadable' | 'unknown', string>> = {
  'another-app':
    'Nothing was done: this belongs to another app. Type `/datasync-throttle` to see what this one can do.',
  'another-workspace':
    'Nothing was done: this bot works for another workspace than the one you are in. People from other workspaces can’t request or decide. Ask a full member of the workspace that the request belongs to.',
  unreadable:
    'Nothing was done: what Slack sent could not be read. Please try again; if it stays so, tell whoever runs the bot.',
  unknown:
    'Nothing was done: this button or form is no longer in use. Use the newest message, or type `/datasync-throttle`.',
};

/** For invalid seals: sealed with a secret that is no longer known, changed on the way, or made for somebody else. */
export const INVALID_SEAL =
  'Nothing was done: this message is too old, or was not made for you. Use the newest message of the request, or type `/datasync-throttle`.';
