import type { AppFace, ShownExecution } from '../../page-state.ts';
import type { Offer } from '../elements/offer.ts';

const RATES: readonly (readonly [rate: string, about: string])[] = [
  ['50MiB/s', 'bytes per second'],
  ['400Mbit/s', 'bits per second'],
  ['50%', 'of the limit in force'],
  ['unlimited', 'no limit'],
];
/** More don't fit above the composer; whoever types on narrows them down. */
const MAX_OF_A_KIND = 8;
const DURATIONS = ['30m', '2h', '1d'] as const;
const DAYS = ['1d', '7d', '30d'] as const;

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
    .flatMap((some) => some.filter(fits).slice(0, MAX_OF_A_KIND))
    .map((offer) => ({ ...offer, key: `${before}${offer.key} ` }));
}

/** What may stand in the last word's place, by kind. */
function candidates(words: readonly string[], app: AppFace, executions: readonly ShownExecution[]): Offer[][] {
  const [first = '', ...rest] = words;
  const running = executions.filter(({ ended }) => !ended).map(asArn);
  if (rest.length === 0) return [running, app.words.map((word) => simple(word))];
  if (first.startsWith('arn:')) return change(rest);
  if (first === 'status') return rest.length === 1 ? [executions.map(asArn)] : [];
  if (first === 'why') return rest.length === 1 ? [running] : change(rest.slice(1));
  if (first === 'audit') return audit(rest, app, executions);
  return [];
}

/** After an execution: the rate, and for how long. */
function change(words: readonly string[]): Offer[][] {
  if (words.length === 1) return [RATES.map(([rate, about]) => simple(rate, about))];
  if (words.length === 2) return [[simple('for', 'how long')]];
  return words.length === 3 && words[1] === 'for' ? [DURATIONS.map((duration) => simple(duration))] : [];
}

function audit(words: readonly string[], app: AppFace, executions: readonly ShownExecution[]): Offer[][] {
  const days = DAYS.map((duration) => simple(duration));
  if (words.at(-2) === 'since') return [days];
  const since = words.includes('since') ? [] : [simple('since', 'of how long')];
  if (words.length > 1) return words.length === 2 && words[0] !== 'verify' ? [since] : [];
  const more = app.words.filter((word) => word.startsWith('audit ')).map((word) => simple(word.slice('audit '.length)));
  return [[...more, ...since], executions.map(asArn)];
}

function asArn({ arn, taskName, status }: ShownExecution): Offer {
  return { key: arn, label: taskName, about: `${status.toLowerCase()} · …${arn.slice(-22)}` };
}

function simple(word: string, about = ''): Offer {
  return { key: word, label: word, about };
}
