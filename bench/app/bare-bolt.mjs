// The yardstick: a Bolt app that acknowledges its command, and answers `help` by the response_url. It prints `ready` when it listens.
import bolt from '@slack/bolt';

const [, , port, text] = process.argv;
const { SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN, SLACK_API_URL } = process.env;
const app = new bolt.App({
  token: SLACK_BOT_TOKEN,
  signingSecret: SLACK_SIGNING_SECRET,
  tokenVerificationEnabled: false,
  clientOptions: { slackApiUrl: SLACK_API_URL },
});
app.command('/datasync-throttle', async ({ ack, respond }) => {
  await ack();
  if (text) await respond({ text, response_type: 'ephemeral' });
});
await app.start({ port: Number(port), host: '127.0.0.1' });
process.stdout.write('ready\n');
