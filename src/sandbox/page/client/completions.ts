import type { AppFace, ShownExecution } from '../page-state.ts';
import type { Offer } from './offer.ts';

const RATES: readonly (readonly [rate: string, about: string])[] = [
  ['50MiB/s', 'bytes per second'],
  ['400Mbit/s', 'bits per second'],
  ['50%', 'of the limit in force'],
  ['unlimited', 'no limit'],
];
/** More don't fit above the composer; whoever types on narrows them down. */
const MOST_OF_A_KIND = 8;
const DURATIONS = ['30m', '2h', '1d'] as const;

/** What could be typed on from here: the command, its words, executions, rates, durations. An offer's key is the whole new text. */
export function completions(typed: string, app: AppFace, executions: readonly ShownExecution[]): Offer[] {
  if (typed === '' || typed === app.command) return [];
  if (app.command.startsWith(typed)) return [{ key: `${app.command} `, label: app.command, about: app.description }];
  const [command, ...words] = typed.split(' ');
  if (command !== app.command || words.length === 0) return [];
  const last = words.at(-1) ?? '';
  const before = typed.slice(0, typed.length - last.length);
  const fits = ({ label, key }: Offer): boolean => key !== last && (label.startsWith(last) || key.startsWith(last));
  return candidates(words, app, executions)
    .flatMap((some) => some.filter(fits).slice(0, MOST_OF_A_KIND))
    .map((offer) => ({ ...offer, key: `${before}${offer.key} ` }));
}

/** What may stand in the last word's place, by kind. */
function candidates(words: readonly string[], app: AppFace, executions: readonly ShownExecution[]): Offer[][] {
  const place = words.length;
  const isAsking = words[0]?.startsWith('arn:') === true;
  if (place === 1) return [executions.filter(({ ended }) => !ended).map(asArn), app.words.map((word) => simple(word))];
  if (place === 2 && isAsking) return [RATES.map(([rate, about]) => simple(rate, about))];
  if (place === 3 && isAsking) return [[simple('for', 'how long')]];
  if (place === 4 && isAsking && words[2] === 'for') return [DURATIONS.map((duration) => simple(duration))];
  return [];
}

function asArn({ arn, taskName, status }: ShownExecution): Offer {
  return { key: arn, label: taskName, about: `${status.toLowerCase()} · …${arn.slice(-22)}` };
}

function simple(word: string, about = ''): Offer {
  return { key: word, label: word, about };
}
