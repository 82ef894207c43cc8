import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scriptText } from '../../src/store/connection/script.ts';

const folder = new URL('../../src/store/scripts/', import.meta.url);
const scripts = readdirSync(folder).filter((name) => name.endsWith('.lua'));

const textOf = (name: string) => scriptText(name.replace('.lua', ''));

function parts(name: string): { header: string; body: string } {
  const lines = textOf(name).split('\n');
  const comment = lines.findIndex((line, place) => place > 0 && !line.startsWith('--'));
  const header = lines.slice(1, comment).map((line) => line.replace(/^-- ?/, ''));
  return { header: header.join('\n'), body: lines.slice(comment).join('\n') };
}

/** The numbers under one heading: `1 head  2 audit log`, to the next heading. */
function named(header: string, heading: 'KEYS' | 'ARGV'): { numbers: number[]; rest: number | null } {
  const section = new RegExp(`^${heading} ([\\s\\S]*?)^(?=[A-Z]{4,} |Answers)`, 'm').exec(header)?.[1] ?? '';
  const open = /(\d+)…/.exec(section)?.[1];
  const first = section.split(/^ *…/m)[0] ?? '';
  const numbers = [...first.matchAll(/(?:^ *|\s{2,})(\d+) /gm)].map((match) => Number(match[1]));
  return { numbers, rest: open === undefined ? null : Number(open) };
}

function used(body: string, table: 'KEYS' | 'ARGV'): number[] {
  const found = [...body.matchAll(new RegExp(`${table}\\[(\\d+)\\]`, 'g'))].map((match) => Number(match[1]));
  return [...new Set(found)].sort((a, b) => a - b);
}

describe.each(scripts)('%s', (name) => {
  const { header, body } = parts(name);

  it('is run as a script of Redis 7, so that it is refused before anything is written where memory is short', () => {
    expect(textOf(name)).toMatch(/^#!lua\n-- /);
    expect(header).toMatch(/^Answers /m);
  });

  it('uses each key that its header names, and no other', () => {
    const { numbers, rest } = named(header, 'KEYS');
    expect(numbers.length).toBeGreaterThan(0);
    expect(used(body, 'KEYS')).toEqual(numbers);
    if (rest === null) expect(body).not.toMatch(/KEYS\[[a-z#]/);
    else expect([rest, /KEYS\[[a-z]/.test(body)]).toEqual([numbers.length + 1, true]);
  });

  it('uses each argument that its header names, and no other', () => {
    const { numbers } = named(header, 'ARGV');
    const byPlace = used(body, 'ARGV');
    expect(numbers).toEqual(Array.from({ length: byPlace.length }, (_, place) => place + 1));
    expect(byPlace).toEqual(numbers);
  });

  it('names each argument first, and uses each name', () => {
    const names = [...body.matchAll(/^local ([a-z_, ]+) = .*(?:KEYS|ARGV)\[/gm)].flatMap(
      (match) => match[1]?.split(', ') ?? [],
    );
    expect(names.length).toBe(used(body, 'KEYS').length + used(body, 'ARGV').length);
    for (const one of names) expect([...body.matchAll(new RegExp(`\\b${one}\\b`, 'g'))].length, one).toBeGreaterThan(1);
  });
});

/** Of what the bot is about. */
const DOMAIN =
  /request|execution|approv|limit|rate\b|throttl|grant|hold|revert|policy|bandwidth|\bbots?\b|person|people|user|channel|\bcard|interaction|slack|datasync|\baws\b|\brun\b|\btask/i;

it.each(scripts)('%s knows nothing of what it is used for', (name) => {
  // A word of Redis's own.
  const text = textOf(name).replaceAll("'LIMIT'", '');
  expect(DOMAIN.exec(text)?.[0]).toBeUndefined();
});

describe('the commit', () => {
  const { header, body } = parts('commit.lua');
  const inHeader = (heading: string, next: string) =>
    [...section(header, heading, next).matchAll(/\{'([a-z]+)', /g)].map((match) => match[1] ?? '').sort();
  const inTable = (name: string) =>
    [...section(body, `local ${name} = {`, '\n}').matchAll(/^ {2}([a-z]+) = function/gm)]
      .map((match) => match[1])
      .sort();

  it('has the verbs and the expectations that its header tells, and no other', () => {
    expect(inHeader('write   ', ' 2 of ')).toEqual(inTable('verbs'));
    expect(inHeader('expect   ', 'records   ')).toEqual([...inTable('expectations'), 'record'].sort());
  });

  it('answers as its header tells', () => {
    const told = [...section(header, 'Answers', '\n\n').matchAll(/\{'([a-z]+)'/g)].map((match) => match[1]);
    const answered = [...body.matchAll(/return \{ '([a-z]+)'/g)].map((match) => match[1]);
    expect([...new Set(answered)].sort()).toEqual(told.sort());
  });
});

function section(text: string, from: string, to: string): string {
  const begin = text.indexOf(from);
  expect(begin, from).toBeGreaterThanOrEqual(0);
  return `${text}\n\n`.slice(begin, `${text}\n\n`.indexOf(to, begin));
}
