/** Every key of the bot: all in the one hash slot `{prefix}`, so that one script may touch any of them. */
export function createKeys(prefix: string) {
  const key = (...parts: string[]) => [`{${prefix}}`, ...parts].join(':');
  return {
    head: key('audit', 'head'),
    audit: key('audit', 'log'),
    /**
     * Up to where the log was archived: log, seq, hash; and place and time of the record that says so: by, at. The key keeps
     * its first name, `floor`.
     */
    archivedUpTo: key('audit', 'floor'),
    /** Accepted losses: by the place of the record, how many places it left empty. */
    losses: key('audit', 'losses'),
    checkpoint: key('audit', 'checkpoint'),
    checkpointLock: key('audit', 'checkpoint-lock'),
    /** Records that bots found missing: nobody writes while there is any. The key keeps its first name, `seen`. */
    missingPositions: key('audit', 'seen'),
    alarm: (about: string) => key('audit', 'alarm', about),
    outbox: key('outbox'),
    timers: key('timers'),
    open: key('open'),
    /** By execution: the request whose limit stands there, and since which of its versions. */
    inForce: key('in-force'),
    /** By execution: the request that has a change on its way to AWS. */
    changing: key('changing'),
    replicas: key('replicas'),
    /** Written by each bot every few seconds, to see whether Redis takes it. */
    proof: (replica: string) => key('proof', replica),
    policyCurrent: key('policy', 'current'),
    policyText: (digest: string) => key('policy', 'text', digest),
    operation: (op: string) => key('op', op),
    request: (id: string) => key('request', id),
    openExecution: (arn: string) => key('open', arn),
    reminder: (request: string, nth: number, user: string) => key('reminder', request, String(nth), user),
    /** Interactions that were acknowledged and are not done: by when their bot was seen alive. */
    unfinished: key('unfinished'),
    /** What counts against a limit: uses of a person or in a channel, in the last minute. */
    usesOf: (limit: string, about: string) => key('uses', limit, about),
    /** A refusal by that limit is on record, less than a minute ago. */
    limitRefused: (limit: string, about: string) => key('uses-refused', limit, about),
    openPlaces: (team: string, user: string) => key('open-places', team, user),
    homes: key('homes'),
    homesOutdated: key('homes', 'outdated'),
    homeFresh: (user: string) => key('home', 'fresh', user),
    homeTurn: (user: string) => key('home', 'turn', user),
    look: (arn: string) => key('look', arn),
    absent: (arn: string) => key('absent', arn),
    card: (request: string) => key('card', request),
    /** For as long as Slack asked to wait. */
    slackWait: (lane: string) => key('slack-wait', lane),
    /** What the card of a running transfer shows. */
    shown: (request: string) => key('shown', request),
    /** Of a request: which of its messages may stand in Slack twice. */
    doubts: (request: string) => key('doubts', request),
    cardLock: (request: string) => key('card-lock', request),
    resultLock: (request: string) => key('card-lock', request, 'result'),
    /** As SCAN matches keys: those of all indexes. */
    everyIndex: key('ix', '*').replace(/[\\[\]?^]/g, '\\$&'),
    indexRequest: (id: string) => key('ix', 'request', id),
    indexExecution: (arn: string) => key('ix', 'execution', arn),
    indexTask: (task: string) => key('ix', 'task', task),
    indexUser: (team: string, user: string) => key('ix', 'user', team, user),
  };
}

export type Keys = ReturnType<typeof createKeys>;
