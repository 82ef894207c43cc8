import { type Line, type Look, type Span, span } from './ink.ts';

/** What a reader of a message knows: the names behind the ids, and the time. */
export interface Reader {
  user(id: string): string;
  group(id: string): string;
  channel(id: string): string;
  now(): Date;
}

const EMOJI: Readonly<Record<string, string>> = {
  hourglass_flowing_sand: '⏳',
  white_check_mark: '✅',
  no_entry: '⛔',
  warning: '⚠️',
};
const MARKS: Readonly<Record<string, Look>> = { '*': 'bold', _: 'italic', '~': 'strike' };
/** `<…>`, code, emoji, and bold, italic or strike between the ends of words. */
const TOKEN = /<([^<>]*)>|`([^`]+)`|:([a-z0-9_+-]+):|(?<![\p{L}\p{N}])([*_~])(?=\S)(.+?)(?<=\S)\4(?![\p{L}\p{N}])/gu;

/** Slack's mrkdwn as Slack would show it. Source: docs.slack.dev/messaging/formatting-message-text. */
export function mrkdwnLines(text: string, reader: Reader): Line[] {
  return text.split('\n').map((line) => spansOf(line, [], reader));
}

function spansOf(text: string, looks: readonly Look[], reader: Reader): Span[] {
  const spans: Span[] = [];
  let done = 0;
  const words = (raw: string) => raw !== '' && spans.push({ text: unescaped(raw), looks });
  for (const match of text.matchAll(TOKEN)) {
    const [all, entity, code, emoji, mark, marked] = match;
    words(text.slice(done, match.index));
    done = match.index + all.length;
    if (entity !== undefined) spans.push(entitySpan(entity, looks, reader));
    else if (code !== undefined) spans.push({ text: unescaped(code), looks: [...looks, 'code'] });
    else if (emoji !== undefined) words(EMOJI[emoji] ?? all);
    else spans.push(...spansOf(marked ?? '', [...looks, MARKS[mark ?? ''] ?? 'bold'], reader));
  }
  words(text.slice(done));
  return spans;
}

function entitySpan(entity: string, looks: readonly Look[], reader: Reader): Span {
  const [target = '', label] = entity.split('|');
  const called = (name: string): Span => ({ text: name, looks: [...looks, 'mention'] });
  if (target.startsWith('@')) return called(`@${reader.user(target.slice(1))}`);
  if (target.startsWith('#')) return called(`#${reader.channel(target.slice(1))}`);
  if (target.startsWith('!subteam^')) return called(`@${reader.group(target.slice('!subteam^'.length))}`);
  if (target.startsWith('!date^')) return { text: dateWords(target, label ?? '', reader.now()), looks };
  if (target.startsWith('!')) return called(`@${target.slice(1)}`);
  return { text: unescaped(label ?? target), looks: [...looks, 'link'] };
}

/** `!date^<seconds>^<format>[^<link>]` in this machine's time; the fallback where it can't be read. */
function dateWords(token: string, fallback: string, now: Date): string {
  const [, seconds = '', format = ''] = token.split('^');
  const at = new Date(Number(seconds) * 1000);
  if (seconds === '' || Number.isNaN(at.getTime())) return unescaped(fallback);
  const day = (style: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-US', style).format(at);
  const time = (style: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', ...style }).format(at);
  const short = day({ month: 'short', day: 'numeric', year: 'numeric' });
  const long = day({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
  const full = day({ month: 'long', day: 'numeric', year: 'numeric' });
  const near = nearDay(at, now);
  const known: Readonly<Record<string, string>> = {
    date_num: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    date: full,
    date_short: short,
    date_long: long,
    date_pretty: near ?? full,
    date_short_pretty: near ?? short,
    date_long_pretty: near ?? long,
    time: time({}),
    time_secs: time({ second: '2-digit' }),
  };
  return format.replace(/\{(\w+)\}/g, (all, name: string) => known[name] ?? all);
}

function nearDay(at: Date, now: Date): string | null {
  const days = [-1, 0, 1].map((offset) => {
    const day = new Date(now);
    day.setDate(day.getDate() + offset);
    return day.toDateString();
  });
  return ['yesterday', 'today', 'tomorrow'][days.indexOf(at.toDateString())] ?? null;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Words as they are, which is what plain_text shows. */
export function plainLines(text: string): Line[] {
  return text.split('\n').map((line) => [span(line)]);
}
