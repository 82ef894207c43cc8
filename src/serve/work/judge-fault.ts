import { isSlackOutage } from '../../slack/connection/slack-fault.ts';
import { isRedisUnavailable } from '../../store/connection/redis-unavailable.ts';
import type { FaultKind } from '../../worker/loop.ts';
import {
  AwsFault,
  ClaimLost,
  LedgerLost,
  NotRecorded,
  OutcomeUnknown,
  PersonUnknown,
  RequestUnreadable,
  RunUnreadable,
} from '../../workflow/faults.ts';

/** What passes when AWS, Slack or Redis are back, or when a person accepts that the log is lost. */
const OUTAGES = [AwsFault, ClaimLost, LedgerLost, NotRecorded, OutcomeUnknown, PersonUnknown];
/** A state that this version can't read is probably one of a newer version. */
const NEWER = [RequestUnreadable, RunUnreadable];

/** What a fault that work threw says about the work. Whatever is not known here is the work's own fault. */
export function judgeFault(fault: unknown): FaultKind {
  if (NEWER.some((kind) => fault instanceof kind)) return 'left';
  const isOutage = OUTAGES.some((kind) => fault instanceof kind) || isRedisUnavailable(fault) || isSlackOutage(fault);
  return isOutage ? 'outage' : 'failed';
}
