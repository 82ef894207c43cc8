import { readPolicyPath } from '../../config/file-paths.ts';
import { parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { formatRate, parseRate, type RateProblem } from '../../domain/rate/rate.ts';
import type { Result } from '../../domain/result.ts';
import { CannotRun } from '../cannot-run.ts';
import { type ExitCode, type Terminal, table } from '../terminal.ts';
import { readPolicyFile } from './check-policy.ts';
import { explainRule, type Question, scenarios } from './explain-rule.ts';

export interface ExplainOptions {
  user: string;
  arn: string;
  rate: string;
  channel?: string;
  /** The limit in force. */
  current?: string;
}

/** Tells which rule decides and what it says, from the policy file alone: Slack and AWS are not called. */
export async function explainPolicy(options: ExplainOptions, terminal: Terminal): Promise<ExitCode> {
  const question = readQuestion(options);
  const file = readPolicyPath(terminal.env);
  const read = await readPolicyFile(file);
  if (!read.ok) throw new CannotRun(read.problem);
  const { policy, digest } = read.value;
  const { execution, rate, current } = question;
  const from = current === null ? '' : `, from ${formatRate(current)}`;
  terminal.print(
    ...table([
      ['execution', execution.arn],
      [
        'rate',
        `${rate.kind === 'percent' ? `${rate.percent}% of the limit in force` : formatRate(rate.bytesPerSecond)}${from}`,
      ],
      ['policy', `${file}, digest ${digest}`],
      ['limits', limitWords(policy)],
    ]),
  );
  for (const { where, rule } of scenarios(policy, question)) {
    terminal.print('', `${where}: ${rule ? `rule ${rule.name}` : 'no rule matches'}`);
    const rows = rule ? explainRule(rule, question) : [['verdict', 'refused: what no rule is about is not allowed']];
    terminal.print(...table(rows.map(([name = '', words = '']) => [`  ${name}`, words])));
  }
  terminal.print(
    '',
    `From the file alone: ${options.user} and everybody that the file names are taken for full members of the workspace, and who is in a group is not looked up.`,
  );
  return 0;
}

function limitWords({ limits: { perUser, perChannel, openPerUser } }: Policy): string {
  return `${perUser}/min for each person, ${perChannel}/min for each channel, ${openPerUser} open for each person`;
}

/** @throws CannotRun with everything that can't be read */
function readQuestion(options: ExplainOptions): Question {
  const problems: string[] = [];
  const refuse = (option: string, problem: string) => {
    problems.push(`--${option} ${problem}`);
    return null;
  };
  const orRefuse = <T>(option: string, read: Result<T, { quoted: string; instead: string }>): T | null =>
    read.ok
      ? read.value
      : refuse(option, `${JSON.stringify(read.problem.quoted)} can't be read: ${read.problem.instead}`);
  const id = (option: 'user' | 'channel', shape: RegExp, expected: string) => {
    const text = options[option];
    if (text === undefined || shape.test(text)) return;
    refuse(option, `${JSON.stringify(text.slice(0, 60))} is no id: write ${expected}`);
  };
  id('user', /^[UW][A-Z0-9]{1,30}$/, 'a user id, U… or W…');
  id('channel', /^[CDG][A-Z0-9]{1,30}$/, 'a channel id, C…');
  const execution = orRefuse('arn', parseExecutionArn(options.arn));
  const rate = orRefuse('rate', parseRate(options.rate));
  const current = options.current === undefined ? null : orRefuse('current', readCurrent(options.current));
  if (execution === null || rate === null || problems.length > 0) throw new CannotRun(problems.join('\n'));
  return { user: options.user, channel: options.channel ?? null, execution, rate, current };
}

function readCurrent(text: string): Result<number, Pick<RateProblem, 'quoted' | 'instead'>> {
  const read = parseRate(text);
  if (!read.ok) return read;
  if (read.value.kind === 'absolute') return { ok: true, value: read.value.bytesPerSecond };
  return { ok: false, problem: { quoted: text, instead: 'write the limit in force, such as `50MiB/s`' } };
}
