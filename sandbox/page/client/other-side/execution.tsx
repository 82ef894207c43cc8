import type { ReactNode } from 'react';
import type { ShownExecution } from '../../page-state.ts';
import { usePage } from '../page-context.ts';
import { Curve } from './curve.tsx';
import { bytesWords, rateWords } from './rates.ts';

/** One execution at the local DataSync, as it really is. */
export function Execution({ execution, now }: { execution: ShownExecution; now: number }): ReactNode {
  const { slack, control, write } = usePage();
  const { arn, status, ended, limit, limitInForce } = execution;
  const isMoving = status === 'TRANSFERRING';
  const coming = limit === limitInForce ? '' : ` → ${rateWords(limit)}`;
  return (
    <li className="execution" id={arn}>
      <header>
        <h3>{execution.taskName}</h3>
        <span className={`status ${status.toLowerCase()}`}>{status}</span>
      </header>
      {isMoving ? (
        <>
          <dl>
            <div>
              <dt>Rate</dt>
              <dd className="big">{rateWords(execution.rate)}</dd>
            </div>
            <div>
              <dt>Limit</dt>
              <dd>
                {rateWords(limitInForce)}
                {coming}
              </dd>
            </div>
            <div>
              <dt>Transferred</dt>
              <dd>
                {bytesWords(execution.transferred)} of {bytesWords(execution.bytes)}
              </dd>
            </div>
          </dl>
          <Curve execution={execution} now={now} />
        </>
      ) : (
        <p className="quiet">
          {ended ? bytesWords(execution.transferred) : `limit ${rateWords(limit)}`} · {execution.id}
        </p>
      )}
      {ended ? null : (
        <div className="tools">
          <button type="button" onClick={() => write(`${slack.app.command} ${arn} `)}>
            Throttle …
          </button>
          <button type="button" onClick={() => void control({ do: 'finish', arn })}>
            Finish
          </button>
        </div>
      )}
    </li>
  );
}
