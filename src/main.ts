#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import type { AcceptLossOptions } from './commands/audit/accept-audit-loss.ts';
import type { ArchiveOptions } from './commands/audit/archive-audit.ts';
import type { ExportOptions } from './commands/audit/export-audit.ts';
import type { RebuildOptions } from './commands/audit/rebuild-audit.ts';
import type { VerifyOptions } from './commands/audit/verify-audit.ts';
import { describeFailure } from './commands/cannot-run.ts';
import type { ExplainOptions } from './commands/policy/explain-question.ts';
import { createTerminal } from './commands/terminal.ts';
import type { ListOptions } from './commands/work/list-work.ts';
import type { RetryOptions } from './commands/work/retry-work.ts';
import { printable } from './domain/text/printable.ts';

const EXIT_CODES = `
Exit codes: 0 all good, 1 a fault was found, 2 wrong use or configuration, or something that is needed is away.`;
const MOMENT = '7d or 12h ago, or a time such as 2026-03-01 or 2026-03-01T09:30:00Z';

const terminal = createTerminal({
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  now: () => new Date(),
  ...(process.stderr.isTTY ? { progress: (line) => void process.stderr.write(`\r\u001b[K${line}`) } : {}),
});

/** Each command imports its own code, so that `--help` imports none. */
function commandLine(end: (code: number) => void): Command {
  const program = new Command('datasync-throttle')
    .description('Changes the bandwidth limit of running AWS DataSync transfers, asked for and agreed to in Slack.')
    .exitOverride()
    .configureOutput({
      writeErr: (text) => terminal.say(text.trimEnd()),
      // The message quotes the arguments, which may contain line breaks.
      outputError: (text, write) =>
        write(
          text
            .trimEnd()
            .split(/\n(?=\(Did you mean )/)
            .map(printable)
            .join('\n'),
        ),
    })
    .showHelpAfterError('(--help tells what is possible)')
    .addHelpText('after', EXIT_CODES);

  program
    .command('serve')
    .description('run the bot, configured by the environment, until SIGTERM or SIGINT; SIGHUP reads the policy again')
    .addHelpText(
      'after',
      `
Exit codes: 0 stopped in order, 1 the stop took more than 10 s or was cut short, 2 wrong configuration or failed start.`,
    )
    .action(async () => {
      const { runServe } = await import('./commands/run-serve.ts');
      // After a stop that took too long, connections that are still open must not keep the process alive.
      process.exit(await runServe(process.env, process));
    });

  const policy = program.command('policy').description('check the policy file, and ask it');
  policy
    .command('check')
    .description('say whether the policy file is good, or each of its faults with its line')
    .argument('[file]', 'the policy file; else POLICY_FILE, else policy.yml')
    .addHelpText('after', EXIT_CODES)
    .action(async (file: string | undefined) => {
      const { checkPolicy } = await import('./commands/policy/check-policy.ts');
      end(await checkPolicy(file, terminal));
    });
  policy
    .command('explain')
    .description(
      'say which rule of POLICY_FILE (else policy.yml) decides, whether it allows the change, how many must agree, and ' +
        'who can; for a link also its capacity at a time, and why. Neither Slack nor AWS is asked: members of groups are ' +
        'not looked up.',
    )
    .option('--arn <arn>', 'the task execution')
    .option('--link <name>', 'instead of --arn: a link; --user and --rate may then be left out')
    .option('--user <id>', 'who asks: a Slack user id')
    .option('--rate <rate>', 'the rate asked for, as in Slack: 50MiB/s, 400Mbit/s, 50%, unlimited')
    .option('--for <duration>', 'for how long: 30m, 2h, 1h30m; a request for a link needs it')
    .option('--channel <id>', 'where: a Slack channel id; without it, every channel that makes a difference')
    .option('--current <rate>', 'the limit in force, which decides whether the change lowers or raises it')
    .option(
      '--at <time>',
      'for a link: the time, such as 2026-12-01T09:00:00Z, or "2026-12-01 09:00" in its zone; else now',
    )
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXIT_CODES)
    .action(async (options: ExplainOptions) => {
      const { explainPolicy } = await import('./commands/policy/explain-policy.ts');
      end(await explainPolicy(options, terminal));
    });

  const audit = program.command('audit').description('export, verify and archive the audit log');
  audit
    .command('export')
    .description(
      'write the audit log of REDIS_URL as JSON lines, its head first (signed where AUDIT_SIGNING_KEY is set), or as CSV. The ' +
        'export is recorded in the log where AUDIT_KEYS is set.',
    )
    .option('--since <when>', `only records from then on: ${MOMENT}`)
    .option('--until <when>', 'only records from before then; the same forms')
    .option('--format <format>', 'jsonl, which can be verified, or csv for spreadsheets', 'jsonl')
    .option('--out <file>', 'a new file; else stdout')
    .addHelpText('after', EXIT_CODES)
    .action(async (options: ExportOptions) => {
      const { exportAudit } = await import('./commands/audit/export-audit.ts');
      end(await exportAudit(options, terminal));
    });
  audit
    .command('verify')
    .description(
      'check the audit log of REDIS_URL with its look-up indexes, or an export: integrity, completeness, authenticity, each ok, fault or unknown. ' +
        'Authenticity is unknown without AUDIT_KEYS; the heads of exports and the checkpoints are checked by ' +
        'AUDIT_SIGNING_KEY or by its public half. The log in Redis is held against AUDIT_CHECKPOINT_FILE where that is set.',
    )
    .option('--file <file...>', 'an export, or several files that are one log together; then Redis is not needed')
    .option('--archive <file...>', 'archives that come before what is in Redis, checked with it as one log')
    .option('--checkpoints <file>', 'hold the log against these; else, in Redis, against AUDIT_CHECKPOINT_FILE')
    .option('--public-key <file...>', 'what `audit key` prints, instead of AUDIT_SIGNING_KEY; several of a rotated key')
    .addHelpText('after', EXIT_CODES)
    .action(async (options: VerifyOptions) => {
      const { verifyAudit } = await import('./commands/audit/verify-audit.ts');
      end(await verifyAudit(options, terminal));
    });
  audit
    .command('archive')
    .description(
      'move the part of the log from before a moment to a file: checked, written, checked again, on record, and then taken ' +
        'out of Redis. The last record and those of open requests stay.',
    )
    .requiredOption('--until <when>', `only records from before then: ${MOMENT}`)
    .requiredOption('--out <file>', 'a new file')
    .addHelpText('after', EXIT_CODES)
    .action(async (options: ArchiveOptions) => {
      const { archiveAudit } = await import('./commands/audit/archive-audit.ts');
      end(await archiveAudit(options, terminal));
    });
  audit
    .command('accept-loss')
    .description(
      'let a log that lost records go on, after the highest record that bots, AUDIT_CHECKPOINT_FILE or --seen know of. ' +
        'That is on record itself; running bots go on within seconds.',
    )
    .requiredOption('--reason <words>', 'why, for the record')
    .option('--seen <seq:hash>', 'a record that was seen: in /readyz, in a checkpoint, or in a result')
    .addHelpText('after', EXIT_CODES)
    .action(async (options: AcceptLossOptions) => {
      const { acceptAuditLoss } = await import('./commands/audit/accept-audit-loss.ts');
      end(await acceptAuditLoss(options, terminal));
    });
  audit
    .command('rebuild')
    .description(
      'make everything in Redis but the audit log anew from the log: requests, limits, timers and look-up indexes. The log is ' +
        'checked first. No bot may run meanwhile.',
    )
    .option('--dry-run', 'only say what differs from the log: exit code 1 if anything does; bots may run')
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXIT_CODES)
    .action(async (options: RebuildOptions) => {
      const { rebuildAudit } = await import('./commands/audit/rebuild-audit.ts');
      end(await rebuildAudit(options, terminal));
    });
  audit
    .command('key')
    .description('print the public half of AUDIT_SIGNING_KEY, to check checkpoints and the heads of exports with')
    .addHelpText('after', EXIT_CODES)
    .action(async () => {
      const { printAuditKey } = await import('./commands/audit/audit-key.ts');
      end(printAuditKey(terminal));
    });

  const work = program.command('work').description('list the work that failed for good, and have it tried again');
  work
    .command('list')
    .description('list the work that failed too often or can not be read: exit code 1 if there is any')
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXIT_CODES)
    .action(async (options: ListOptions) => {
      const { listWork } = await import('./commands/work/list-work.ts');
      end(await listWork(options, terminal));
    });
  work
    .command('retry')
    .description('have that work tried again by the bots that run, as soon as one does')
    .argument('[id...]', 'what work list shows first')
    .option('--all', 'all of it')
    .option('--json', 'print what became of each as JSON')
    .addHelpText('after', EXIT_CODES)
    .action(async (ids: string[], options: RetryOptions) => {
      const { retryWork } = await import('./commands/work/retry-work.ts');
      end(await retryWork(ids, options, terminal));
    });
  return program;
}

async function main(): Promise<void> {
  try {
    await commandLine((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (fault) {
    if (fault instanceof CommanderError) {
      // Commander has printed the message already.
      process.exitCode = fault.exitCode === 0 ? 0 : 2;
      return;
    }
    // A reader such as `head` closes the pipe when it has read enough.
    const closed = fault instanceof Error && 'code' in fault && fault.code === 'EPIPE';
    if (!closed) terminal.say(describeFailure(fault));
    process.exit(2);
  }
}

await main();
