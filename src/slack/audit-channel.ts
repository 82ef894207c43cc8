import type { Log } from '../logging/logger.ts';
import type { PolicySource } from '../workflow/ports/policy-source.ts';
import type { SlackClients } from './connection/clients.ts';
import { alarmNotice, checkpointNotice, lostNotice, resumedNotice } from './views/audit/audit-notices.ts';
import type { MessageView } from './views/text/text.ts';

/** Where the bot speaks of its own log: AUDIT_CHANNEL; an alarm goes to the policy's channels where that is not set. */
export function createAuditChannel(deps: {
  clients: Pick<SlackClients, 'background'>;
  channel: string | null;
  policy: PolicySource;
  log: Log;
}) {
  const quiet = { unfurl_links: false, unfurl_media: false };

  /** `besides`: a channel that it also concerns. */
  async function alarm(message: MessageView, besides: string | null = null): Promise<void> {
    const ruled = deps.policy.current().policy.rules.flatMap(({ match }) => match.channels ?? []);
    const told = deps.channel === null ? ruled : [deps.channel];
    const channels = [...new Set([...told, ...(besides === null ? [] : [besides])])];
    const posts = channels.map((channel) =>
      deps.clients.background.chat.postMessage({ channel, ...message, ...quiet }),
    );
    const failed = (await Promise.allSettled(posts)).filter((post) => post.status === 'rejected');
    for (const { reason } of failed) deps.log.error({ err: reason }, 'an alarm about the audit log was not taken');
    if (channels.length > 0 && failed.length === channels.length) throw new Error('no channel took the alarm');
  }

  return {
    async checkpoints(lines: string[]): Promise<void> {
      if (deps.channel === null) return;
      await deps.clients.background.chat.postMessage({ channel: deps.channel, ...checkpointNotice(lines), ...quiet });
    },
    lost: (why: string) => alarm(lostNotice(why)),
    resumed: () => alarm(resumedNotice()),
    alarm: (why: string, besides: string | null) => alarm(alarmNotice(why), besides),
  };
}
