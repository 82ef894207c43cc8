import { visibleText } from '../slack/block-walk.ts';
import { isObject, objects, parsed, text } from '../slack/json.ts';
import { runBotCommand } from './bot-command.ts';
import { coming, PATIENCE } from './coming.ts';
import { padded, styled } from './ink.ts';
import type { Stage } from './scene.ts';

/** What the channel was told: which request, and the record that proves it. */
export interface Told {
  request: string;
  seq: number;
  hash: string;
}

/** What the life of an approved request must have left, oldest first. */
const LIFE = ['requested', 'approved', 'apply.started', 'applied'];

/** The records of the request, as the auditor sees them in Slack. */
export async function showRecords(
  { world, transcript }: Stage,
  command: string,
  channel: string,
  request: string,
): Promise<void> {
  const ada = world.slack.as('U0AUDIT');
  transcript.does('Ada', `${command} audit ${request}`);
  await ada.command(channel, command, `audit ${request}`);
  const answer = await coming(
    'an answer',
    world.slack.until(() => ada.ephemerals()[0], PATIENCE),
  );
  transcript.message('only Ada sees this', answer);
  transcript.check(
    `${LIFE.length} records of ${request}`,
    visibleText(answer).includes(`${LIFE.length} audit records`),
  );
}

/** The records themselves, from an export: who did what, and whether the channel was told the truth about the last one. */
export async function checkRecords({ world, transcript }: Stage, told: Told): Promise<void> {
  transcript.runs('datasync-throttle audit export');
  const { code, out, said } = await runBotCommand(['audit', 'export'], world.env);
  if (code !== 0) throw new Error(`audit export ended with ${code}: ${said}`);
  const lines = out.trim().split('\n').map(parsed).filter(isObject);
  const records = lines
    .map((line) => ({ hash: text(line.hash), record: parsed(text(line.bytes)) }))
    .flatMap(({ hash, record }) => (isObject(record) ? [{ hash, record }] : []));
  transcript.lines(
    records.map(({ hash, record }) => {
      const [actor] = objects([record.actor]);
      return [
        padded(String(record.seq), 4),
        padded(styled(text(record.event), 'bold'), 17),
        padded(actor ? text(actor.name) : 'the bot', 9),
        padded(typeof record.to === 'number' ? `${record.from} → ${record.to}` : '', 24),
        styled(`${hash.slice(0, 20)}…`, 'code'),
      ].join('');
    }),
  );
  const next = Number(records.at(-1)?.record.seq) + 1;
  transcript.words(`The export is on record too, as number ${next}: verify finds that one as well.`);
  const life = records.filter(({ record }) => record.request === told.request);
  transcript.check(
    `the request’s own records are ${LIFE.join(', ')}`,
    life.map(({ record }) => record.event).join() === LIFE.join(),
  );
  const last = life.at(-1);
  transcript.check(
    `the channel was told record ${told.seq} and its hash, and that is what the log holds`,
    last?.record.seq === told.seq && last.hash.startsWith(told.hash),
  );
}

/** The whole chain, checked from its first record on. */
export async function showVerdict({ world, transcript }: Stage): Promise<void> {
  transcript.runs('datasync-throttle audit verify');
  const { code, out, said } = await runBotCommand(['audit', 'verify'], world.env);
  for (const line of `${out}${code === 0 ? '' : said}`.trim().split('\n')) transcript.words(line);
  transcript.check('the chain is whole, and every record is the bot’s own', code === 0);
}
