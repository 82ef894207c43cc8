import { readPolicyPath } from '../../config/file-paths.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { formatRate } from '../../domain/rate/rate.ts';
import { CannotRun } from '../cannot-run.ts';
import { type ExitCode, type Terminal, table } from '../terminal.ts';
import { readPolicyFile } from './check-policy.ts';
import { aboutLink, linkAsJson } from './explain-link.ts';
import { type ExplainOptions, type Question, questionOf, readOptions } from './explain-question.ts';
import { explainRule, scenarios } from './explain-rule.ts';

type Rows = [name: string, words: string][];

/** Tells which rule decides and what it says, from the policy file alone: Slack and AWS are not called. */
export async function explainPolicy(options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
  const typed = readOptions(options);
  const file = readPolicyPath(terminal.env);
  const read = await readPolicyFile(file);
  if (!read.ok) throw new CannotRun(read.problem);
  const { policy, digest } = read.value;
  const question = await questionOf(typed, options, { policy, now: terminal.now() });
  const { subject } = question;
  const about: Rows = [
    ...(subject.kind === 'link'
      ? aboutLink(subject.link, subject.due)
      : ([['execution', subject.execution.arn]] as Rows)),
    ...rateRows(question),
    ['policy', `${file}, digest ${digest}`],
    ['limits', limitWords(policy)],
  ];
  const explained = scenarios(policy, question).map(({ where, rule }) => ({
    where,
    rule: rule?.name ?? null,
    rows: rule ? explainRule(rule, question) : ([['verdict', 'refused: what no rule is about is not allowed']] as Rows),
  }));
  const note = noteOf(question);
  if (options.json) {
    terminal.print(
      JSON.stringify({
        execution: subject.kind === 'execution' ? subject.execution.arn : null,
        link: subject.kind === 'link' ? linkAsJson(subject.link, subject.due) : null,
        policy: { file, digest },
        limits: policy.limits,
        scenarios: explained.map(({ where, rule, rows }) => ({ where, rule, says: Object.fromEntries(rows) })),
        note,
      }),
    );
    return 0;
  }
  terminal.print(...table(about));
  for (const { where, rule, rows } of explained) {
    terminal.print('', `${where}: ${rule === null ? 'no rule matches' : `rule ${rule}`}`);
    terminal.print(...table(rows.map(([name, words]) => [`  ${name}`, words])));
  }
  terminal.print('', note);
  return 0;
}

function rateRows({ rate, current, subject }: Question): Rows {
  if (rate === null) return [];
  const from = current === null ? '' : `, from ${formatRate(current)}`;
  const base = subject.kind === 'link' ? 'the capacity' : 'the limit in force';
  const to = rate.kind === 'percent' ? `${rate.percent}% of ${base}` : formatRate(rate.bytesPerSecond);
  return [['rate', `${to}${from}`]];
}

function limitWords({ limits: { perUser, perChannel, openPerUser } }: Policy): string {
  return `${perUser}/min for each person, ${perChannel}/min for each channel, ${openPerUser} open for each person`;
}

function noteOf({ user }: Question): string {
  const people = user === null ? 'everybody' : `${user} and everybody`;
  return `From the file alone: ${people} that the file names are taken for full members of the workspace, and who is in a group is not looked up.`;
}
