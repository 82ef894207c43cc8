import { type ReactNode, useEffect, useRef } from 'react';
import type { ShownExecution } from '../../page-state.ts';
import { Execution } from './execution.tsx';

/** The executions, those that have ended below; one that comes meanwhile is led to. */
export function ExecutionList({ executions, now }: { executions: readonly ShownExecution[]; now: number }): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const latest = executions.at(-1)?.arn ?? '';
  const known = useRef(latest);
  useEffect(() => {
    if (latest === known.current) return;
    known.current = latest;
    const rows = [...(list.current?.children ?? [])];
    rows.find((row) => row.id === latest)?.scrollIntoView({ block: 'nearest' });
  }, [latest]);
  return (
    <ul className="executions" ref={list}>
      {[...executions].sort(byInterest).map((execution) => (
        <Execution key={execution.arn} execution={execution} now={now} />
      ))}
    </ul>
  );
}

function byInterest(a: ShownExecution, b: ShownExecution): number {
  return Number(a.ended) - Number(b.ended);
}
