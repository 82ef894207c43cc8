import type { ReactNode } from 'react';
import type { ShownMessage } from '../../page-state.ts';
import { Blocks } from '../blocks/blocks.tsx';
import { PlaceContext } from '../blocks/place-context.ts';
import { usePage } from '../page-context.ts';
import { clockTime } from '../text/dates.ts';
import { Mrkdwn } from '../text/words.tsx';

/** A message of the app, from the very blocks that it sent. */
export function Message({ message, inThread = false }: { message: ShownMessage; inThread?: boolean }): ReactNode {
  const { slack, openThread } = usePage();
  const { channel, ts, threadTs } = message;
  const replies = slack.messages.filter((one) => one.channel === channel && one.threadTs === ts).length;
  return (
    <article
      id={inThread ? undefined : `message-${ts}`}
      className={message.ephemeral ? 'message ephemeral' : 'message'}
      tabIndex={-1}
    >
      <img className="avatar" src="/icon.svg" alt="" width="36" height="36" />
      <div className="content">
        {message.ephemeral ? <p className="private">Only visible to you</p> : null}
        {message.broadcast && threadTs !== null && !inThread ? (
          <p className="replied">
            replied to a thread:{' '}
            <button type="button" className="link" onClick={() => openThread(channel, threadTs)}>
              see all of it
            </button>
          </p>
        ) : null}
        <p className="author">
          <b>{slack.app.name}</b> <span className="badge">app</span> <time>{clockTime(Number(ts) * 1000)}</time>{' '}
          {message.edited ? <small>(edited)</small> : null}
        </p>
        <Body message={message} />
        {replies > 0 && !inThread ? (
          <button type="button" className="replies" onClick={() => openThread(channel, ts)}>
            {replies === 1 ? '1 reply' : `${replies} replies`}
          </button>
        ) : null}
      </div>
    </article>
  );
}

function Body({ message }: { message: ShownMessage }): ReactNode {
  const { channel, ts, blocks, files } = message;
  return (
    <>
      <PlaceContext value={{ place: { channel, ts }, form: null }}>
        {blocks.length > 0 ? (
          <Blocks of={blocks} />
        ) : (
          <p className="block">
            <Mrkdwn text={message.text} />
          </p>
        )}
      </PlaceContext>
      {files.map((file) => (
        <a key={file.id} className="file" href={`/files/${file.id}`} download={file.name}>
          <b>{file.name}</b> <small>{Math.max(1, Math.round(file.bytes / 1024))} kB</small>
        </a>
      ))}
    </>
  );
}
