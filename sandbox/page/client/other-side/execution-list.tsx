import { type ReactNode, useEffect, useRef } from 'react';
import type { ShownExecution } from '../../page-state.ts';
import { Execution } from './execution.tsx';

/**
 * The executions: those that came meanwhile on top, the latest first, and led to; those that have ended below.
 * @param of.before the ARNs of those that were there when the page was opened
 */
export function ExecutionList(of: {
  executions: readonly ShownExecution[];
  before: ReadonlySet<string>;
  now: number;
}): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const latest = of.executions.at(-1)?.arn ?? '';
  const led = useRef(latest);
  useEffect(() => {
    if (latest === led.current) return;
    led.current = latest;
    const rows = [...(list.current?.children ?? [])];
    rows.find((row) => row.id === latest)?.scrollIntoView({ block: 'nearest' });
  }, [latest]);
  const running = of.executions.filter(({ ended }) => !ended);
  const ordered = [
    ...running.filter(({ arn }) => !of.before.has(arn)).reverse(),
    ...running.filter(({ arn }) => of.before.has(arn)),
    ...of.executions.filter(({ ended }) => ended),
  ];
  return (
    <ul className="executions" ref={list}>
      {ordered.map((execution) => (
        <Execution key={execution.arn} execution={execution} now={of.now} />
      ))}
    </ul>
  );
}
