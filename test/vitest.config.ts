import { defineConfig } from 'vitest/config';
import { createTallyReporter } from './helpers/tally-reporter.ts';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  // Without these conditions vitest loads a second copy of graphql ("from another module or realm").
  ssr: { resolve: { conditions: ['module-sync', 'node', 'import', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', createTallyReporter(process.env['CI'] !== undefined)],
    // Most files wait for timers and processes of their own: more of them at once than there are cores to spare.
    maxWorkers: 3,
    // A worker evaluates the modules once for all its files. Nothing of the product or of the helpers keeps state in a
    // module, and nothing is mocked: a file that minds its neighbours has found a defect. Halves the time of the suite.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Waiting for something is not measuring how long it takes: a busy machine may be slow.
    expect: { poll: { timeout: 10_000 } },
    // A rejection that nobody handles is a defect of the product, never noise.
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
