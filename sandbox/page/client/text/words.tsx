import type { ReactNode } from 'react';
import { asJson, stringIn } from '../json.ts';
import { usePage } from '../page-context.ts';
import { dateWords } from './dates.ts';
import { type Piece, readMrkdwn, readPlain } from './mrkdwn.ts';
import { Unrenderable } from './unrenderable.tsx';

/** A text object of Block Kit: `plain_text` or `mrkdwn`. */
export function TextObject({ of }: { of: unknown }): ReactNode {
  const object = asJson(of);
  const text = stringIn(object, 'text');
  if (object.type === 'mrkdwn') return <Pieces of={readMrkdwn(text)} />;
  if (object.type === 'plain_text') return <Pieces of={object.emoji === false ? literal(text) : readPlain(text)} />;
  return <Unrenderable what={`a text of type ${String(object.type)}`} />;
}

/** A message's `text`, which is mrkdwn. */
export function Mrkdwn({ text }: { text: string }): ReactNode {
  return <Pieces of={readMrkdwn(text)} />;
}

function literal(text: string): Piece[] {
  return text
    .split('\n')
    .flatMap((line, index): Piece[] => [
      ...(index > 0 ? [{ kind: 'break' } as const] : []),
      { kind: 'words', text: line },
    ]);
}

function Pieces({ of }: { of: readonly Piece[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other identity
  return of.map((piece, index) => <OnePiece key={index} piece={piece} />);
}

function OnePiece({ piece }: { piece: Piece }): ReactNode {
  switch (piece.kind) {
    case 'words':
      return piece.text;
    case 'break':
      return <br />;
    case 'code':
      return <code>{piece.text}</code>;
    case 'pre':
      return <pre>{piece.text}</pre>;
    case 'emoji':
      return <span className="emoji">{piece.text}</span>;
    case 'bold':
      return (
        <strong>
          <Pieces of={piece.inside} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Pieces of={piece.inside} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Pieces of={piece.inside} />
        </s>
      );
    case 'quote':
      return (
        <blockquote>
          <Pieces of={piece.inside} />
        </blockquote>
      );
    case 'link':
      return <Link url={piece.url} label={piece.label} />;
    case 'mention':
      return <Mention sign={piece.sign} id={piece.id} label={piece.label} />;
    case 'date': {
      const words = dateWords(piece.seconds, piece.format, new Date()) ?? piece.fallback;
      return <time dateTime={new Date(piece.seconds * 1000).toISOString()}>{words}</time>;
    }
  }
}

function Mention({ sign, id, label }: { sign: string; id: string; label: string | null }): ReactNode {
  const { slack, openChannel } = usePage();
  const words = `${sign}${(slack.names[id] ?? label ?? id).replace(/^@/, '')}`;
  if (slack.channels.some((channel) => channel.id === id)) {
    return (
      <button type="button" className="mention" onClick={() => openChannel(id)}>
        {words}
      </button>
    );
  }
  return <span className={id === slack.me ? 'mention mine' : 'mention'}>{words}</span>;
}

/** A link into this workspace stays on the page: the workspace is here and nowhere else. */
function Link({ url, label }: { url: string; label: string }): ReactNode {
  const { slack, showMessage } = usePage();
  const inside = permalink(url, slack.team.domain);
  if (inside === null) {
    return (
      <a href={url} target="_blank" rel="noreferrer">
        {label}
      </a>
    );
  }
  return (
    <button type="button" className="link" onClick={() => showMessage(inside.channel, inside.ts)}>
      {label}
    </button>
  );
}

function permalink(url: string, domain: string): { channel: string; ts: string } | null {
  const found = /^https?:\/\/([^/]+)\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})/.exec(url);
  if (found?.[1] !== `${domain}.slack.com`) return null;
  return { channel: found[2] ?? '', ts: `${found[3]}.${found[4]}` };
}
