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

  async function alarm(message: MessageView): Promise<void> {
    const ruled = deps.policy.current().policy.rules.flatMap(({ match }) => match.channels ?? []);
    const channels = deps.channel === null ? [...new Set(ruled)] : [deps.channel];
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
    alarm: (why: string) => alarm(alarmNotice(why)),
  };
}
