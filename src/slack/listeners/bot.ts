import type { Log } from '../../logging/logger.ts';
import type { RequestThrottleDeps } from '../../workflow/commands/consider-request.ts';
import type { AuditReader } from '../../workflow/ports/audit/audit-reader.ts';
import type { Cards } from '../../workflow/ports/cards.ts';
import type { HomeTabs } from '../../workflow/queries/home.ts';
import type { RunningDeps } from '../../workflow/queries/list-running.ts';
import type { ReconcileDeps } from '../../workflow/reconcile/reconcile-deps.ts';
import type { UseCounter } from '../../workflow/use-limits/count-use.ts';
import type { SlackClients } from '../connection/clients.ts';
import type { Identity } from '../connection/identify.ts';
import type { Background } from '../context/background.ts';
import type { LookUps } from '../context/look-ups.ts';
import type { Notifier } from '../posting/notifier.ts';
import type { Permalinks } from '../posting/permalinks.ts';
import type { Seals } from '../seals/seals.ts';

/** All parts that interactions are wired with, in `routes.ts`; each interaction names the few that it uses. */
export interface Bot extends RequestThrottleDeps, ReconcileDeps, RunningDeps, Background {
  clients: SlackClients;
  cards: Cards;
  permalinks: Permalinks;
  seals: Seals;
  notifier: Notifier;
  identity: Identity;
  homeTabs: HomeTabs;
  log: Log;
  audit: AuditReader;
  uses: UseCounter;
  lookUps: LookUps;
}
