import { type ReactNode, useState } from 'react';
import type { CallLog, OtherSide } from '../../page-state.ts';
import { CallTable } from './call-table.tsx';
import { Controls } from './controls.tsx';
import { ExecutionList } from './execution-list.tsx';
import { Guide } from './guide.tsx';
import { LinkPanel } from './link-panel.tsx';

const TABS = { executions: 'Transfers', aws: 'AWS calls', slack: 'Slack calls' } as const;
type Tab = keyof typeof TABS;

/** What the bot talks to, and what it says there. `isCovered`: by a thread, and to be found again as it was. */
export function OtherSidePanel(of: { other: OtherSide; calls: CallLog; isCovered: boolean }): ReactNode {
  const { other, calls } = of;
  const [tab, setTab] = useState<Tab>('executions');
  const [before] = useState(() => new Set(other.executions.map(({ arn }) => arn)));
  return (
    <section className={of.isCovered ? 'pane other-side covered' : 'pane other-side'} aria-label="The other side">
      <Guide steps={other.guide} executions={other.executions} />
      <nav className="tabs" aria-label="The other side">
        {(Object.keys(TABS) as Tab[]).map((one) => (
          <button key={one} type="button" aria-current={one === tab} onClick={() => setTab(one)}>
            {TABS[one]}
          </button>
        ))}
      </nav>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section key={tab} className="scroll" aria-label={TABS[tab]} tabIndex={0}>
        {tab === 'executions' ? (
          <ExecutionList executions={other.executions} before={before} now={other.now} />
        ) : (
          <CallTable calls={calls[tab]} caption={TABS[tab]} />
        )}
      </section>
      {other.links.map((link) => (
        <LinkPanel key={link.name} link={link} other={other} />
      ))}
      <Controls other={other} onTransfer={() => setTab('executions')} />
    </section>
  );
}
