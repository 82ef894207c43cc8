// `npm run demo [-- --once]`: the demo, from a fresh clone on.
import { runNode, runScript, setUp } from './setup.mjs';
import { unlessUnchanged } from './unchanged.mjs';

await setUp();
await unlessUnchanged('build', () => runScript('build'));
process.exitCode = await runNode('dist/sandbox/demo.js', process.argv.slice(2));
