import { runScript } from '../scripts/setup.mjs';
import { unlessUnchanged } from '../scripts/unchanged.mjs';

/** What is started as a process of its own is the compiled program, as it is run; compiled anew where that is not of now. */
export default async function setup(): Promise<void> {
  await unlessUnchanged('build', () => runScript('build'));
}
