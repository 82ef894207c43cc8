// `npm test [-- <what to pass to vitest>]`: everything that must be good, from a fresh clone on.
import { runNode, runScript, setUp } from './setup.mjs';

await setUp();
await runScript('check');
await runScript('build');
process.exitCode = await runNode('node_modules/vitest/vitest.mjs', ['run', ...process.argv.slice(2)]);
