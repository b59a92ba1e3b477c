/** What a run of the stack checks, counted and said one line each. */

export interface Checks {
  /** Runs a check; what it throws is why it failed. Later checks run all the same. */
  check(name: string, work: () => Promise<void> | void): Promise<void>;
  skip(name: string, why: string): void;
  /** Prints the closing line. @returns true when nothing failed */
  close(): boolean;
}

export function startChecks(say: (line: string) => void): Checks {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    async check(name, work) {
      const start = performance.now();
      try {
        await work();
        counts.passed += 1;
        say(`ok       ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
      } catch (error) {
        counts.failed += 1;
        say(`FAILED   ${name}\n${indent(reason(error))}`);
      }
    },
    skip(name, why) {
      counts.skipped += 1;
      say(`skipped  ${name}: ${why}`);
    },
    close() {
      say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
      return counts.failed === 0;
    },
  };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined || error.cause === null
    ? error.message
    : `${error.message}\ncaused by: ${reason(error.cause)}`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `         ${line}`)
    .join('\n');
}

/** Asks again until it no longer throws. @throws what it threw last, when time is up */
export async function eventually<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
