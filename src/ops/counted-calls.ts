import type { Ledger } from '../workflow/ports/ledger.ts';
import type { Metrics } from './metrics.ts';

/** The same ledger, with its commits counted. */
export function countedLedger<L extends Ledger>(ledger: L, metrics: Metrics): L {
  const commit: Ledger['commit'] = async (change) => {
    try {
      const committed = await ledger.commit(change);
      metrics.commits.inc({ outcome: committed.kind });
      return committed;
    } catch (fault) {
      metrics.commits.inc({ outcome: fault instanceof Error ? fault.name : 'fault' });
      throw fault;
    }
  };
  return { ...ledger, commit };
}

/** The same fetch, with calls to Slack's Web API counted by method. */
export function countingFetch(metrics: Metrics, plain: typeof fetch): typeof fetch {
  return async (input, init) => {
    const method = new URL(input instanceof Request ? input.url : input).pathname.split('/').at(-1) ?? '';
    try {
      const answer = await plain(input, init);
      metrics.slackCalls.inc({ method, outcome: String(answer.status) });
      return answer;
    } catch (fault) {
      metrics.slackCalls.inc({ method, outcome: 'no-answer' });
      throw fault;
    }
  };
}
