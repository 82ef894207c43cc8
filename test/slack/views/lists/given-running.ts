import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import { executionList } from '../../../../src/slack/views/lists/execution-list.ts';
import { executionStatusMessage } from '../../../../src/slack/views/lists/execution-status.ts';
import { AwsFault, type AwsFaultKind } from '../../../../src/workflow/faults.ts';
import type { ListedLinks } from '../../../../src/workflow/queries/links/list-links.ts';
import type { GrantedRequest, Running, RunningRow } from '../../../../src/workflow/queries/list-running.ts';
import { sampleOf } from '../../../domain/audit/sample-records.ts';
import { ARN, execution, expectGoodMessage, NOW, RECORD, read, request, seal } from '../text/given-facts.ts';

export const MIB = 1_048_576;

const ROLE = `arn:aws:iam::111122223333:role/${'x'.repeat(500)}`;

export function held(but: Partial<GrantedRequest['hold']> = {}): GrantedRequest {
  const hold = {
    since: NOW.toISOString(),
    scheduledAt: NOW.toISOString(),
    dueAt: '2026-11-22T15:25:00.000Z',
    base: 100 * MIB,
    role: null,
    by: null,
    sent: null,
    end: null,
    ...but,
  };
  return { ...request({ status: 'applied' }), hold };
}

export function row(but: Partial<RunningRow> = {}, name: string | null = 'nightly_sync'): RunningRow {
  return {
    execution: { arn: ARN, status: 'TRANSFERRING', mode: 'BASIC', taskName: name, bytesPerSecond: null },
    look: execution(),
    measured: 50 * MIB,
    speed: 50 * MIB,
    open: null,
    held: null,
    run: null,
    mayRequest: true,
    ...but,
  };
}

export function list(but: Partial<Running> = {}, final = true, lost = false, links: ListedLinks | null = null) {
  const running: Running = { rows: [row()], total: 1, from: 0, failed: [], placeless: [], complete: true, ...but };
  const message = executionList({
    ...{ running, links, final, lost, now: NOW },
    sealExecution: seal,
    sealLink: seal,
    sealPage: (from) => `page ${from}`,
  });
  expectGoodMessage(message);
  const buttons = elementsOf(JSON.parse(JSON.stringify(message.blocks)));
  return { ...message, all: read(message), buttons: buttons.map(({ actionId, element }) => [actionId, element.value]) };
}

export function failed(kind: AwsFaultKind, pending = false) {
  const fault = new AwsFault(kind, { operation: 'datasync:ListTaskExecutions' });
  return { region: 'sa-east-1', role: ROLE, fault, pending };
}

export function lines(count: number, words = 'cutover') {
  const detail = { why: words, denial: words, duration: 604_799 };
  const actor = { team: 'T0', user: 'U1', name: words };
  return Array.from({ length: count }, () => ({
    ...RECORD,
    record: { ...sampleOf('refused'), request: 'r-0123456789', reason: words, rule: words, detail, actor },
  }));
}

type Status = Parameters<typeof executionStatusMessage>[0]['status'];

export function status(
  but: Partial<Status> = {},
  more: { card?: string; throttle?: string; lost?: true } = {},
): string {
  const all: Status = {
    kind: 'status',
    look: execution(),
    measured: 50 * MIB,
    speed: 50 * MIB,
    open: null,
    held: null,
    run: null,
    lines: [],
    mayRequest: true,
    ...but,
  };
  const { card = null, throttle = null, lost = false } = more;
  const message = executionStatusMessage({ status: all, card, throttle, lost, now: NOW });
  expectGoodMessage(message);
  return read(message);
}
