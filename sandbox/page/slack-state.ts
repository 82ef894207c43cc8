import { type JsonObject, text } from '../slack/json.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import type { SlackView } from '../slack/views.ts';
import type { Channel, EphemeralMessage, SlackMessage } from '../slack/workspace.ts';
import type { AppFace, Seat, ShownChannel, ShownMessage, ShownView, SlackState } from './page-state.ts';

const SEATS: readonly (readonly [id: string, role: Seat['role']])[] = [
  ['U0OPER', 'operator'],
  ['U0LEAD', 'lead'],
  ['U0LEAD2', 'lead'],
  ['U0AUDIT', 'auditor'],
  ['U0GUEST', 'guest'],
];
const MAX_FAILURES = 20;

/** Whose seats can be taken: those of the usual workspace that are in this one. */
export function seatsOf(slack: LocalSlack): Seat[] {
  const users = slack.users();
  return SEATS.flatMap(([id, role]) => {
    const user = users.find((one) => one.id === id);
    return user ? [{ id, role, name: user.realName }] : [];
  });
}

/** What one person sees of the workspace, and nothing that somebody else alone may see. */
export function slackState(slack: LocalSlack, me: string, app: AppFace): SlackState {
  const person = slack.as(me);
  const channels = slack.channels().filter((channel) => isShown(channel, me, slack.seed.app.botUserId));
  const visible = new Set(channels.map((channel) => channel.id));
  const home = person.home();
  const messages = [...slack.messages().filter((one) => visible.has(one.channel)), ...person.ephemerals()];
  return {
    me,
    seats: seatsOf(slack),
    team: slack.seed.team,
    app,
    names: { ...namesOf(slack), [slack.seed.app.botUserId]: app.name },
    channels: channels.map(shownChannel),
    messages: messages.map((one) => shownMessage(slack, one)).sort((a, b) => a.at - b.at),
    failures: person
      .failures()
      .slice(-MAX_FAILURES)
      .map(({ at, what, error }) => ({ at, what, error })),
    modals: person.views().map(shownView),
    home: home ? shownView(home) : null,
  };
}

/** Where the app can be met: a channel without it, or one that nobody can write in, shows nothing of it. */
function isShown({ members, archived }: Channel, me: string, bot: string): boolean {
  return members.includes(me) && members.includes(bot) && !archived;
}

function shownChannel({ id, name, im }: Channel): ShownChannel {
  return { id, name, kind: im === undefined ? 'channel' : 'direct' };
}

function namesOf(slack: LocalSlack): Record<string, string> {
  return Object.fromEntries([
    ...slack.users().map((user) => [user.id, user.realName]),
    ...slack.seed.groups.map((group) => [group.id, group.handle]),
    ...slack.channels().map((channel) => [channel.id, channel.name]),
  ]);
}

function shownMessage(slack: LocalSlack, message: SlackMessage | EphemeralMessage): ShownMessage {
  const threadTs = message.thread_ts ?? null;
  return {
    channel: message.channel,
    ts: message.ts,
    at: slack.arrivedAt(message),
    threadTs: threadTs === message.ts ? null : threadTs,
    broadcast: message.subtype === 'thread_broadcast',
    ephemeral: 'to' in message,
    edited: message.edited !== undefined,
    text: message.text,
    blocks: message.blocks ?? [],
    files: (message.files ?? []).map((file) => shownFile(slack, file)),
  };
}

function shownFile(slack: LocalSlack, file: JsonObject): ShownMessage['files'][number] {
  const id = text(file.id);
  const found = slack.files.find((one) => one.id === id);
  return { id, name: found?.name ?? text(file.name), bytes: Buffer.byteLength(found?.content ?? '') };
}

function shownView(view: SlackView): ShownView {
  return {
    id: view.id,
    rootId: view.root_view_id,
    title: text(view.title?.text),
    submit: view.submit ? text(view.submit.text) : null,
    close: view.close ? text(view.close.text) : null,
    blocks: view.blocks,
    values: view.state.values,
  };
}
