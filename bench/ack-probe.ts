import { createHmac } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

/** Sends `help` every so often from a thread of its own, whose event loop is not that of what keeps the bot busy. */
const { url, secret, fields, everyMs } = workerData as {
  url: string;
  secret: string;
  fields: Record<string, string>;
  everyMs: number;
};
let nth = 0;

async function probe(): Promise<void> {
  const body = new URLSearchParams({ ...fields, text: 'help', trigger_id: `probe.${nth++}` }).toString();
  const seconds = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': seconds,
    'x-slack-signature': `v0=${signature}`,
  };
  const from = performance.now();
  const answer = await fetch(url, { method: 'POST', headers, body });
  await answer.text();
  parentPort?.postMessage(performance.now() - from);
}

setInterval(() => void probe(), everyMs);
