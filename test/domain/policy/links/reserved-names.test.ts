import { expect, it } from 'vitest';
import { COMMAND_WORDS } from '../../../../src/domain/policy/links/reserved-names.ts';
import { WORD_COMMANDS } from '../../../../src/slack/command-text/command-table.ts';

it('the names that links can’t have are all commands, and those to come', () => {
  const words = [...WORD_COMMANDS.map(({ word }) => word), 'pause', 'resume', 'end'];
  expect([...COMMAND_WORDS].sort()).toEqual([...new Set(words)].sort());
});
