import { type ReactNode, useState } from 'react';
import type { CallLog, OtherSide } from '../../page-state.ts';
import { CallTable } from './call-table.tsx';
import { Controls } from './controls.tsx';
import { Execution } from './execution.tsx';
import { Guide } from './guide.tsx';

const TABS = { executions: 'Transfers', aws: 'AWS calls', slack: 'Slack calls' } as const;
type Tab = keyof typeof TABS;

/** What the bot talks to, and what it says there. */
export function OtherSidePanel({ other, calls }: { other: OtherSide; calls: CallLog }): ReactNode {
  const [tab, setTab] = useState<Tab>('executions');
  return (
    <aside className="pane other-side" aria-label="The other side">
      <Guide steps={other.guide} executions={other.executions} />
      <nav className="tabs" aria-label="The other side">
        {(Object.keys(TABS) as Tab[]).map((one) => (
          <button key={one} type="button" aria-current={one === tab} onClick={() => setTab(one)}>
            {TABS[one]}
          </button>
        ))}
      </nav>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="scroll" aria-label={TABS[tab]} tabIndex={0}>
        {tab === 'executions' ? (
          <ul className="executions">
            {[...other.executions].sort(byInterest).map((execution) => (
              <Execution key={execution.arn} execution={execution} now={other.now} />
            ))}
          </ul>
        ) : (
          <CallTable key={tab} calls={calls[tab]} caption={TABS[tab]} />
        )}
      </section>
      <Controls other={other} />
    </aside>
  );
}

/** What has ended goes below. */
function byInterest(a: { ended: boolean }, b: { ended: boolean }): number {
  return Number(a.ended) - Number(b.ended);
}
