import { lookUpAudit } from '../../workflow/look-up-audit.ts';
import type { AuditIndex } from '../../workflow/ports.ts';
import type { Bot, Caller } from '../bot.ts';
import type { Command } from '../command-text.ts';
import { auditList } from '../views/audit-list.ts';
import { mentions } from '../views/people-words.ts';
import { code, mentionUser } from '../views/text.ts';

/** `audit [<request id> | <arn> | @user] [since <duration>]`: the newest ten. */
export async function lookUp(bot: Bot, caller: Caller, command: Extract<Command, { kind: 'audit' }>): Promise<void> {
  const by = indexOf(command.by, bot.identity.team);
  const { user, channel, op } = caller;
  const found = await lookUpAudit(bot, { user, channel, op, by, sinceSeconds: command.sinceSeconds });
  switch (found.kind) {
    case 'lines':
      return caller.say(auditList({ lines: found.lines, about: aboutOf(by), now: bot.clock.now() }));
    case 'refused':
      return caller.say(
        `The policy’s \`audit.readers\` may look this up, and you are not among them. Who could: ${mentions(found.readers)}. What you asked or decided yourself you can see with its request id, or with \`audit @you\`.`,
      );
    case 'groups-unknown':
      return caller.say('Slack can’t say just now who the auditors are, so nothing is shown. Try again in a minute.');
  }
}

function indexOf(by: Extract<Command, { kind: 'audit' }>['by'], team: string): AuditIndex {
  if (by === null) return { kind: 'all' };
  return by.kind === 'user' ? { kind: 'user', team, user: by.id } : by;
}

function aboutOf(by: AuditIndex): string {
  switch (by.kind) {
    case 'all':
      return 'everything';
    case 'request':
      return `request ${code(by.id)}`;
    case 'execution':
      return `execution ${code(by.arn)}`;
    case 'user':
      return mentionUser(by.user);
  }
}
