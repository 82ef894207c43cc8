import type { Log } from '../log.ts';
import type { AuditReader } from '../workflow/audit-ports.ts';
import type { ApplyDeps } from '../workflow/change-limit.ts';
import type { RequestThrottleDeps } from '../workflow/consider-request.ts';
import type { UseCounter } from '../workflow/count-use.ts';
import type { HomeTabs } from '../workflow/home.ts';
import type { RunningDeps } from '../workflow/list-running.ts';
import type { Cards } from '../workflow/ports.ts';
import type { Background } from './background.ts';
import type { SlackClients } from './clients.ts';
import type { Identity } from './identify.ts';
import type { LookUps } from './look-ups.ts';
import type { Notifier } from './notifier.ts';
import type { Seals } from './seals.ts';

/** All parts that interactions are wired with, in `routes.ts`; each interaction names the few that it uses. */
export interface Bot extends RequestThrottleDeps, ApplyDeps, RunningDeps, Background {
  clients: SlackClients;
  cards: Cards;
  seals: Seals;
  notifier: Notifier;
  identity: Identity;
  homeTabs: HomeTabs;
  log: Log;
  audit: AuditReader;
  uses: UseCounter;
  lookUps: LookUps;
}
