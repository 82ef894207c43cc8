// `npm run demo [-- --once]`: the demo, from a fresh clone on.
import { runTypeScript, setUp } from './setup.mjs';

await setUp();
process.exitCode = await runTypeScript('sandbox/demo.ts', process.argv.slice(2));
