import type { AppFace, ShownExecution } from '../page-state.ts';
import type { Offer } from './offer.ts';

const RATES: readonly (readonly [rate: string, about: string])[] = [
  ['50MiB/s', 'bytes per second'],
  ['400Mbit/s', 'bits per second'],
  ['50%', 'of the limit in force'],
  ['unlimited', 'no limit'],
];
const DURATIONS = ['30m', '2h', '1d'] as const;

/** What could be typed on from here: the command, its words, executions, rates, durations. An offer's key is the whole new text. */
export function completions(typed: string, app: AppFace, executions: readonly ShownExecution[]): Offer[] {
  if (typed === '' || (app.command.startsWith(typed) && typed !== app.command)) {
    return typed === '' ? [] : [{ key: `${app.command} `, label: app.command, about: app.description }];
  }
  const [command, ...words] = typed.split(' ');
  if (command !== app.command || words.length === 0) return [];
  const last = words.at(-1) ?? '';
  const before = typed.slice(0, typed.length - last.length);
  return candidates(words, app, executions)
    .filter(({ label, key }) => key !== last && (label.startsWith(last) || key.startsWith(last)))
    .map(({ key, ...shown }) => ({ ...shown, key: `${before}${key} ` }));
}

function candidates(words: readonly string[], app: AppFace, executions: readonly ShownExecution[]): Offer[] {
  const place = words.length;
  if (place === 1)
    return [...executions.filter(({ ended }) => !ended).map(asArn), ...app.words.map((word) => simple(word))];
  if (place === 2 && words[0]?.startsWith('arn:')) return RATES.map(([rate, about]) => simple(rate, about));
  if (place === 3 && words[0]?.startsWith('arn:')) return [simple('for', 'how long')];
  if (place === 4 && words[2] === 'for') return DURATIONS.map((duration) => simple(duration));
  return [];
}

function asArn({ arn, taskName, status }: ShownExecution): Offer {
  return { key: arn, label: taskName, about: `${status.toLowerCase()} · …${arn.slice(-22)}` };
}

function simple(word: string, about = ''): Offer {
  return { key: word, label: word, about };
}
