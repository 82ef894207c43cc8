import { type Look, styled } from './ink.ts';

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
export function mrkdwnLines(text: string, reader: Reader, ...looks: readonly Look[]): string[] {
  return text.split('\n').map((line) => shown(line, looks, reader));
}

function shown(text: string, looks: readonly Look[], reader: Reader): string {
  let line = '';
  let done = 0;
  const add = (raw: string, ...more: Look[]) => {
    line += styled(unescaped(raw), ...looks, ...more);
  };
  for (const match of text.matchAll(TOKEN)) {
    const [all, entity, code, emoji, mark, marked] = match;
    add(text.slice(done, match.index));
    done = match.index + all.length;
    if (entity !== undefined) line += entityShown(entity, looks, reader);
    else if (code !== undefined) add(code, 'code');
    else if (emoji !== undefined) add(EMOJI[emoji] ?? all);
    else line += shown(marked ?? '', [...looks, MARKS[mark ?? ''] ?? 'bold'], reader);
  }
  add(text.slice(done));
  return line;
}

function entityShown(entity: string, looks: readonly Look[], reader: Reader): string {
  const [target = '', label] = entity.split('|');
  const called = (name: string) => styled(name, ...looks, 'mention');
  if (target.startsWith('@')) return called(`@${reader.user(target.slice(1))}`);
  if (target.startsWith('#')) return called(`#${reader.channel(target.slice(1))}`);
  if (target.startsWith('!subteam^')) return called(`@${reader.group(target.slice('!subteam^'.length))}`);
  if (target.startsWith('!date^')) return styled(dateWords(target, label ?? '', reader.now()), ...looks);
  if (target.startsWith('!')) return called(`@${target.slice(1)}`);
  return styled(unescaped(label ?? target), ...looks, 'link');
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
export function plainLines(text: string, ...looks: readonly Look[]): string[] {
  return text.split('\n').map((line) => styled(line, ...looks));
}
