import type { Workspace } from '../workspace.ts';

/**
 * What a person typed after a command, as the app gets it with `should_escape: true`: `&`, `<` and `>` escaped, `@name`,
 * `#channel` and addresses turned into `<@U…|name>`, `<#C…|name>` and `<https://…>`, `@here` into `<!here>`.
 */
export function asSent(workspace: Workspace, typed: string): string {
  const people = new Map([...workspace.users.values()].map((user) => [user.name, user.id]));
  const groups = new Map([...workspace.groups.values()].map((group) => [group.handle, group.id]));
  const channels = new Map([...workspace.channels.values()].map((channel) => [channel.name, channel.id]));
  return typed
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\bhttps?:\/\/\S+/g, (address) => `<${address}>`)
    .replace(/(?<![\w@])@([a-z0-9._-]*[a-z0-9])/g, (whole, name: string) => {
      if (['here', 'channel', 'everyone'].includes(name)) return `<!${name}>`;
      const person = people.get(name);
      if (person !== undefined) return `<@${person}|${name}>`;
      const group = groups.get(name);
      return group === undefined ? whole : `<!subteam^${group}|@${name}>`;
    })
    .replace(/(?<![\w#&])#([a-z0-9_-]+)/g, (whole, name: string) => {
      const channel = channels.get(name);
      return channel === undefined ? whole : `<#${channel}|${name}>`;
    });
}
