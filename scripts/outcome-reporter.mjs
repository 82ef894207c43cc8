// A reporter of vitest that prints nothing and writes what failed to a file, for run-tests.mjs.
import { writeFileSync } from 'node:fs';

/** Where to, by this variable: the command line can't hand a reporter anything. */
export const OUTCOME_FILE = 'TEST_OUTCOME_FILE';

export default class OutcomeReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const failures = modules
      .filter((module) => module.state() === 'failed')
      .flatMap((module) => {
        const tests = [...module.children.allTests('failed')].map(({ fullName }) => fullName);
        // A file that can't be loaded, or whose set-up fails, has no test that failed.
        return (tests.length > 0 ? tests : ['the file itself']).map((test) => ({ file: module.moduleId, test }));
      });
    const unhandled = unhandledErrors.map(({ message, VITEST_TEST_PATH: file = null }) => ({
      file,
      test: `unhandled: ${String(message).split('\n')[0]}`,
    }));
    const passedCount = modules.reduce((sum, { children }) => sum + [...children.allTests('passed')].length, 0);
    writeFileSync(process.env[OUTCOME_FILE], JSON.stringify({ passedCount, failures: [...failures, ...unhandled] }));
  }
}
