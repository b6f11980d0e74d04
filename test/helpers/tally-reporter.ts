import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line for whoever, or whatever, reads only the last one. In CI a skipped test fails the run. */
export const createTallyReporter = (isCi: boolean): Reporter => ({
  onTestRunEnd: (modules: readonly TestModule[], unhandledErrors) => {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const named = (state: string) => tests.filter((test) => test.result().state === state);
    const broken = modules.filter((module) => module.errors().length > 0);
    const skipped = named('skipped');
    const failed = named('failed').length + broken.length + unhandledErrors.length;
    for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
    if (isCi && skipped.length > 0) {
      console.log('Nothing may be skipped in CI.');
      process.exitCode = 1;
    }
    const tally = `${named('passed').length} passed, ${failed} failed`;
    console.log(skipped.length === 0 ? tally : `${tally}, ${skipped.length} skipped`);
  },
});
