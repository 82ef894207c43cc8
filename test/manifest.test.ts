import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { defaultSeed } from '../sandbox/slack/seed.ts';

const text = readFileSync(join(import.meta.dirname, '../manifest.yml'), 'utf8');
const manifest = parse(text);

describe('manifest.yml', () => {
  it('has the one command, with people as ids', () => {
    expect(manifest.features.slash_commands).toMatchObject([{ command: '/datasync-throttle', should_escape: true }]);
  });

  it('sends everything to the one path of the contract', () => {
    const { request_url, message_menu_options_url, is_enabled } = manifest.settings.interactivity;
    expect(is_enabled).toBe(true);
    const events = manifest.settings.event_subscriptions.request_url;
    for (const url of [request_url, message_menu_options_url, events, manifest.features.slash_commands[0].url]) {
      expect(new URL(url)).toMatchObject({ protocol: 'https:', pathname: '/slack/events' });
    }
  });

  it('says how many lines Socket Mode has no use for', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(false);
    expect(text.match(/: https:\/\/bot\.example\.com\//g)).toHaveLength(4);
    expect(text).toMatch(/delete the four lines with\n# bot\.example\.com/);
  });

  // The list is here in full, so that a new scope is a decision and not an accident.
  it('asks for no more than it uses, and for nothing of a user', () => {
    expect(manifest.oauth_config.scopes).toEqual({
      bot: [
        ...['commands', 'chat:write', 'users:read', 'usergroups:read', 'channels:read', 'groups:read'],
        // To find an own message again before it is posted a second time; may be left out.
        ...['channels:history', 'groups:history'],
        ...['im:write', 'files:write'],
      ],
    });
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_home_opened']);
  });

  it('is what the local Slack grants, so that no test has more', () => {
    expect([...defaultSeed.app.scopes].sort()).toEqual([...manifest.oauth_config.scopes.bot].sort());
    expect(defaultSeed.app.commands).toEqual(
      manifest.features.slash_commands.map(({ command }: { command: string }) => command),
    );
  });

  it('can speak to a person in the Messages tab', () => {
    expect(manifest.features.app_home).toMatchObject({ messages_tab_enabled: true, home_tab_enabled: true });
    expect(manifest.features.bot_user.display_name).toBe('datasync-throttle');
  });

  it("stays within Slack's limits for names", () => {
    expect(manifest.display_information.name.length).toBeLessThanOrEqual(35);
    expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
    expect(manifest.features.bot_user.display_name.length).toBeLessThanOrEqual(80);
  });
});
