/**
 * Every key of the bot. All are in one hash slot, `{prefix}`, so that one script may touch any of them. The names in Redis are
 * kept for the data that is stored under them, also where the code has another name by now.
 */
export function createKeys(prefix: string) {
  const key = (...parts: string[]) => `{${prefix}}:${parts.join(':')}`;
  const pattern = (kind: string) => `${key(kind).replace(/[\\[\]?*^]/g, '\\$&')}:*`;
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
    /** Whose turn it is to write, for as long as the key lives: a bot that lost the race for the log's head again and again. */
    turn: key('audit', 'turn'),
    /** Whose turn it is after that, in their order. */
    nextTurns: key('audit', 'next-turns'),
    /** Work with AWS. Older bots have all their work in it, and go on doing what they find there. */
    awsOutbox: key('outbox'),
    slackOutbox: key('outbox', 'slack'),
    timers: key('timers'),
    /** How often a piece of work failed, or was left to a newer bot, in a row. */
    tries: (kind: string, about: string) => key('tries', kind, about),
    deadLetters: key('dead-letters'),
    open: key('open'),
    /**
     * By execution: the request whose limit is in force, and the version of the run that has it (`r-…:r12`). Older versions write
     * the version of the request instead (`r-…:3`).
     */
    inForce: key('in-force'),
    /** By execution: the request that has a change on its way to AWS. */
    changing: key('changing'),
    replicas: key('replicas'),
    /** Written by each bot every few seconds, to see whether Redis accepts writes. */
    writeProbe: (replica: string) => key('proof', replica),
    policyCurrent: key('policy', 'current'),
    policyText: (digest: string) => key('policy', 'text', digest),
    operation: (op: string) => key('op', op),
    request: (id: string) => key('request', id),
    /** The limit of an execution, and what it should be. */
    run: (arn: string) => key('run', arn),
    /** What is due for a link, as it is on record. */
    link: (name: string) => key('link', name),
    openExecution: (arn: string) => key('open', arn),
    reminder: (request: string, nth: number, user: string) => key('reminder', request, String(nth), user),
    /** Interactions that were acknowledged and are not done, each with the time at which its bot last renewed it. */
    unfinished: key('unfinished'),
    /** Uses by a person, or in a channel, in the last minute: they count against a usage limit. */
    usesOf: (limit: string, about: string) => key('uses', limit, about),
    /** A refusal by that usage limit was recorded less than a minute ago. */
    limitRefused: (limit: string, about: string) => key('uses-refused', limit, about),
    /** The open requests of one person, each with the time at which it was counted. */
    openRequestQuota: (team: string, user: string) => key('open-places', team, user),
    /** Who has the Home tab open, by the time at which they opened it. */
    openHomeTabs: key('homes'),
    outdatedHomeTabs: key('homes', 'outdated'),
    homeTabFresh: (user: string) => key('home', 'fresh', user),
    homePublishSlot: (user: string) => key('home', 'turn', user),
    look: (arn: string) => key('look', arn),
    absent: (arn: string) => key('absent', arn),
    card: (request: string) => key('card', request),
    /** Lives for as long as Slack asked to wait. */
    slackRetryAfter: (lane: string) => key('slack-wait', lane),
    /** A digest of what the card of a running transfer shows. */
    cardDigest: (request: string) => key('shown', request),
    /** Of a request: which of its messages may have been posted twice. */
    doubts: (request: string) => key('doubts', request),
    cardLock: (request: string) => key('card-lock', request),
    resultLock: (request: string) => key('card-lock', request, 'result'),
    /** Patterns for SCAN that match the keys of all indexes, and of all that is stored of one kind. */
    everyIndex: pattern('ix'),
    everyRequest: pattern('request'),
    everyRun: pattern('run'),
    everyOpenExecution: pattern('open'),
    indexRequest: (id: string) => key('ix', 'request', id),
    indexExecution: (arn: string) => key('ix', 'execution', arn),
    indexTask: (task: string) => key('ix', 'task', task),
    indexLink: (name: string) => key('ix', 'link', name),
    indexUser: (team: string, user: string) => key('ix', 'user', team, user),
  };
}

export type Keys = ReturnType<typeof createKeys>;
