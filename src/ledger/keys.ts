/** Every key of the bot: all in the one hash slot `{prefix}`, so that one script may touch any of them. */
export function createKeys(prefix: string) {
  const key = (...parts: string[]) => [`{${prefix}}`, ...parts].join(':');
  return {
    head: key('audit', 'head'),
    audit: key('audit', 'log'),
    outbox: key('outbox'),
    timers: key('timers'),
    open: key('open'),
    replicas: key('replicas'),
    policyCurrent: key('policy', 'current'),
    policyText: (digest: string) => key('policy', 'text', digest),
    operation: (op: string) => key('op', op),
    request: (id: string) => key('request', id),
    openExecution: (arn: string) => key('open', arn),
    card: (request: string) => key('card', request),
    cardLock: (request: string) => key('card-lock', request),
    indexRequest: (id: string) => key('ix', 'request', id),
    indexExecution: (arn: string) => key('ix', 'execution', arn),
    indexUser: (team: string, user: string) => key('ix', 'user', team, user),
  };
}

export type Keys = ReturnType<typeof createKeys>;
