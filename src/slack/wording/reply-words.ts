import type { UntilProblem } from '../../domain/time/until.ts';
import type { Settled } from '../../workflow/faults.ts';
import type { Postable } from '../../workflow/ports/channels.ts';
import type { NotUnderstood } from '../command-text/not-understood.ts';
import { clip, code, entities, mentionUser } from '../views/text/text.ts';

/** A private answer, and the field of the modal that it is about. */
export interface Words {
  /** Escaped mrkdwn. Who could do it is on a line of its own. */
  text: string;
  field: 'execution' | 'rate' | 'duration' | 'reason' | 'comment' | null;
}

/** What the person was doing when it went wrong. */
export type Doing = 'asking' | 'deciding' | 'looking';

/** Characters of a text below a modal's field; nobody reads a longer one there. */
const MAX_PLAIN_LENGTH = 300;

/**
 * The same for a field of a modal, where Slack shows no formatting. Null if a link, a channel or a person would be
 * lost: such a text belongs on top of the form.
 */
export function plainWords({ text }: Words): string | null {
  const timeless = text.replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1');
  // Text from people and AWS is escaped, so a bare < starts a token.
  if (timeless.includes('<')) return null;
  const plain = timeless
    .replaceAll('\n', ' ')
    .replace(/[*`]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return clip(plain, MAX_PLAIN_LENGTH);
}

/** A typed part that can't be parsed. `instead` is a clause that begins with "write". */
export function problemWords(problem: { quoted: string; instead: string }, field: Words['field']): Words {
  const part = problem.quoted === '' ? 'Something is missing here' : `${code(problem.quoted)} was not understood`;
  return { text: `${part}: ${entities(problem.instead)}.`, field };
}

/** A valid time that can't be the end of a limit. */
export function untilWords({ quoted, instead }: UntilProblem): Words {
  return { text: `${code(quoted)} can’t be used: ${entities(instead)}. Nothing was asked.`, field: 'duration' };
}

/** A command that can't be parsed: the part, what is expected, and a valid example. */
export function notUnderstoodWords(command: NotUnderstood): Words {
  const { text } = problemWords({ quoted: command.part, instead: command.expected }, null);
  return {
    text: `${text} Nothing was asked, nothing was changed.\nFor example: ${code(command.example)}`,
    field: null,
  };
}

/** The bot can't post in the channel, so nobody there would see a request. */
export function cannotPostWords(why: Exclude<Postable, 'yes' | 'shared'>, botUser: string): Words {
  const bot = mentionUser(botUser);
  const nothing = 'Nothing was asked, and the transfer goes on as it is.';
  if (typeof why === 'object') {
    return {
      text: `I may not see whether I can post in this channel: Slack has not granted me ${code(why.missingScope)}. ${nothing} Waiting won’t help: whoever installed the app has to grant that scope and install it again.`,
      field: null,
    };
  }
  switch (why) {
    case 'not-a-member':
      return {
        text: `I am not in this channel, so nobody here would see the request. ${nothing}\nType \`/invite\` ${bot} here, then ask again.`,
        field: null,
      };
    case 'archived':
      return {
        text: `This channel is archived, so a request can’t be posted here. ${nothing} Ask in a channel that is in use.`,
        field: null,
      };
    case 'not-found':
      return {
        text: `I can’t see this channel: it is a private one that I am not in. ${nothing}\nIn a private channel type \`/invite\` ${bot}, then ask again; or ask in another channel.`,
        field: null,
      };
    case 'direct':
      return {
        text: `This is a direct message, where nobody else would see the request. ${nothing} Ask in a channel that I am in.`,
        field: null,
      };
    case 'unknown':
      return {
        text: `Slack can’t say just now whether I may post in this channel. ${nothing} Try again in a minute.`,
        field: null,
      };
  }
}

/** The outcome of a write, once it is known. */
export function settledWords(outcome: Settled, doing: Doing): string {
  return `Now it is known: ${SETTLED[doing][outcome]}`;
}

const SETTLED: Readonly<Record<Doing, Readonly<Record<Settled, string>>>> = {
  asking: {
    recorded: 'your request was recorded, and it goes on. Its card is in the channel, or comes in a moment.',
    refused:
      'your request was refused, and that is on record. Nothing was asked, and nothing was sent to AWS. Ask again to see why.',
    'not-recorded': 'your request was not recorded, and nothing was sent to AWS. Ask again if you still want it.',
  },
  deciding: {
    recorded: 'what you decided was recorded. The card shows how it stands.',
    refused: 'what you decided was refused, and that is on record. Try again to see why.',
    'not-recorded': 'what you decided was not recorded. The request stands as it was; please decide again.',
  },
  looking: {
    recorded: 'that you looked was recorded. Please look again.',
    refused: 'this was refused, and that is on record. Look again to see why.',
    'not-recorded': 'nothing was recorded. Please look again.',
  },
};

/** The same form was sent again after it was refused. The reason of the first refusal is not stored with it. */
export const REFUSED_BEFORE = 'This was refused before, and that is on record. Open the form anew to ask again.';

/** Shown in a modal while its submit takes longer than Slack waits. */
export const STILL_CHECKING =
  'Still checking with Slack, AWS and the audit log. What came of it will stand here in a moment; you need not send it again.';
