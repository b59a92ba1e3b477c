import { defineConfig } from 'vitest/config';

/** Tests run on the sources; only child processes of tests use what was built. */
const shared = {
  resolve: { conditions: ['wiretally-source'] },
  ssr: { resolve: { conditions: ['wiretally-source'] } },
};

export default defineConfig({
  test: {
    // The default leaves a core free, which on two cores leaves one worker; most tests wait for processes of theirs.
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      // In CI each run shows it; elsewhere `npm run coverage` does.
      enabled: process.env['CI'] === 'true',
      reporter: process.env['CI'] === 'true' ? ['text-summary'] : ['text', 'html'],
      include: ['src/{usage,instrumentation,ledger,dashboards}/**/*.ts'],
      exclude: ['**/dist/**', '**/*.test.ts'],
    },
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          exclude: ['**/dist/**', '**/node_modules/**'],
          // A machine that does something else as well is slow, not wrong.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          globalSetup: 'test/shared-postgres.ts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/stack/**', '**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'stack',
          include: ['test/stack/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
