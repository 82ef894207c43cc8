import type { Denial, Principals, Rule } from '../../domain/policy/policy.ts';
import type { Refusal } from '../../domain/request/refusal.ts';
import { mentions } from '../views/text/people-words.ts';
import { code } from '../views/text/text.ts';
import { unreadableWords } from './access-words.ts';

/** What it means for the transfer when a request had no effect. */
export const UNCHANGED = 'Nothing was changed; the transfer goes on as it is.';

export function ruleName(rule: Rule): string {
  return `the rule ${code(rule.name)}`;
}

export const sentenceRule = (rule: Rule) => `The rule ${code(rule.name)}`;

export function groupsUnknown({ rule, unreadable }: Extract<Refusal, { why: 'groups-unknown' }>): string {
  if (unreadable.length > 0) return unreadableWords(unreadable, ruleName(rule), `nobody is let through. ${UNCHANGED}`);
  return `Slack can’t say just now who is in the groups of ${ruleName(rule)}, so nobody is let through. ${UNCHANGED} Try again in a minute.`;
}

export function mayNotAsk(denial: Denial, rule: Rule): string {
  const who = `You may not ask for a limit here: ${denialWords(denial, rule, 'ask')}. ${UNCHANGED}`;
  return `${who}\n${could('ask', rule.requesters)}`;
}

export function mayNotDecide(denial: Denial, rule: Rule): string {
  const who = `You may not decide this request: ${denialWords(denial, rule, 'decide')}. It stays as it is.`;
  return `${who}\n${could('decide', rule.approvers)}`;
}

function denialWords(denial: Denial, rule: Rule, doing: 'ask' | 'decide'): string {
  switch (denial) {
    case 'guest':
      return `guests never may (${ruleName(rule)})`;
    case 'stranger':
    case 'other-team':
      return `people from outside this workspace never may (${ruleName(rule)})`;
    case 'deactivated':
      return `your account is deactivated (${ruleName(rule)})`;
    case 'bot':
      return `bots never may (${ruleName(rule)})`;
    case 'requester':
      return `you asked for it yourself, and who asks never decides (${ruleName(rule)})`;
    case 'not-a-requester':
    case 'not-an-approver':
    case 'not-a-reader':
    case 'not-a-viewer':
      return `you are not among those that ${ruleName(rule)} lets ${doing}`;
  }
}

function could(what: string, principals: Principals | null): string {
  return `Who could ${what}: ${mentions(principals)}.`;
}
