import { describe, expect, it } from 'vitest';
import { misaddressed } from '../../../src/slack/connection/addressee.ts';

const OURS = { team: 'T0', enterprise: null, botUser: 'U0BOT', botId: 'B0', appId: 'A0' };
const GRID = { ...OURS, enterprise: 'E0' };
const view = (change: object = {}) => ({ app_id: 'A0', team_id: 'T0', app_installed_team_id: 'T0', ...change });
const click = { api_app_id: 'A0', team: { id: 'T0' } };

describe('a payload', () => {
  it.each([
    ['of ours', click, OURS],
    ['of ours, with a view', { ...click, view: view() }, OURS],
    [
      'of ours, with a view that names no install',
      { ...click, view: view({ app_installed_team_id: undefined }) },
      OURS,
    ],
    ['a command of ours', { api_app_id: 'A0', team_id: 'T0' }, OURS],
    [
      'a form of our install, sent from a sister workspace',
      { ...click, team: { id: 'T1' }, view: view({ team_id: 'T1' }) },
      GRID,
    ],
    ['a click from a sister workspace', { ...click, team: { id: 'T1' }, enterprise: { id: 'E0' } }, GRID],
    ['a command from a sister workspace', { api_app_id: 'A0', team_id: 'T1', enterprise_id: 'E0' }, GRID],
    ['of an install for the whole organisation', { ...click, view: view({ app_installed_team_id: 'E0' }) }, GRID],
  ])('%s is for this bot', (_what, payload, identity) => {
    expect(misaddressed(payload, identity)).toBeNull();
  });

  it.each([
    ['of another app', { ...click, api_app_id: 'A1' }, OURS, 'another-app'],
    ['with a view of another app', { ...click, view: view({ app_id: 'A1' }) }, OURS, 'another-app'],
    ['from another workspace', { ...click, team: { id: 'T1' } }, OURS, 'another-workspace'],
    [
      'from another organisation',
      { ...click, team: { id: 'T1' }, enterprise: { id: 'E1' } },
      GRID,
      'another-workspace',
    ],
    ['from no workspace', { api_app_id: 'A0', team: null }, OURS, 'another-workspace'],
    ['of another install', { ...click, view: view({ app_installed_team_id: 'T1' }) }, GRID, 'another-workspace'],
    [
      'with a view of another workspace',
      { ...click, view: view({ app_installed_team_id: undefined, team_id: 'T1' }) },
      OURS,
      'another-workspace',
    ],
    [
      'that names no organisation, to a bot in none',
      { ...click, team: { id: 'T1' }, enterprise: null },
      OURS,
      'another-workspace',
    ],
  ])('%s is not', (_what, payload, identity, why) => {
    expect(misaddressed(payload, identity)).toBe(why);
  });
});
