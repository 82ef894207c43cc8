import type { ReactNode } from 'react';
import type { ShownCall } from '../../page-state.ts';
import { clockTime } from '../text/dates.ts';

/** The bot's calls, newest first. */
export function CallTable({ calls, caption }: { calls: readonly ShownCall[]; caption: string }): ReactNode {
  if (calls.length === 0) return <p className="quiet">No call yet.</p>;
  return (
    <table className="calls">
      <caption className="hidden">{caption}</caption>
      <thead className="hidden">
        <tr>
          <th scope="col">When</th>
          <th scope="col">Call</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <tr key={call.index} className={call.ok ? '' : 'bad'}>
            <td>
              <time>{clockTime(call.at, true).replace(/ [AP]M$/, '')}</time>
            </td>
            <td>
              <b>{call.name}</b>
              {call.about === '' ? null : <small>{call.about}</small>}
            </td>
            <td>{call.outcome}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
