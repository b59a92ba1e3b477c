import { describe, expect, it } from 'vitest';
import { liveView } from './live-view.ts';

const source = {
  summary: async () => '30 calls so far',
  report: async () => Array.from({ length: 100 }, (_, index) => `report line ${index}`).join('\n'),
};
const away = { summary: () => Promise.reject(new Error('away')), report: () => Promise.reject(new Error('away')) };

function terminal(size: { isTTY?: boolean; rows?: number } = {}): { text: () => string; write(text: string): void } {
  let written = '';
  return { ...size, text: () => written, write: (text) => (written += text) };
}

describe('in a terminal', () => {
  it('fits the report into the window, with the sum and the addresses below it', async () => {
    const screen = terminal({ isTTY: true, rows: 20 });
    const view = liveView(screen, () => ['ledger http://127.0.0.1:4319']);
    await view.refresh(source);
    view.close();
    const lines = screen.text().split('\n');
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines[0]).toContain('report line 0');
    expect(lines.at(-3)).toContain('30 calls so far');
    expect(lines.at(-2)).toContain('ledger http://127.0.0.1:4319');
  });

  it('keeps messages for the screen that the person gets back', async () => {
    const screen = terminal({ isTTY: true, rows: 20 });
    const view = liveView(screen, () => []);
    await view.refresh(source);
    view.say('The ledger ended.');
    expect(screen.text()).not.toContain('The ledger ended.');
    view.close();
    expect(screen.text()).toMatch(/\[\?1049lThe ledger ended\.\n$/);
  });

  it('draws nothing while the ledger is away', async () => {
    const screen = terminal({ isTTY: true, rows: 20 });
    await liveView(screen, () => []).refresh(away);
    expect(screen.text()).toBe('');
  });
});

describe('in a pipe', () => {
  it('writes the sum every ten seconds and the report every minute', async () => {
    let now = 0;
    const pipe = terminal();
    const view = liveView(
      pipe,
      () => [],
      () => now,
    );
    for (; now <= 61_000; now += 1_000) await view.refresh(source);
    expect(pipe.text().match(/30 calls so far/g)).toHaveLength(5);
    expect(pipe.text().match(/report line 0\n/g)).toHaveLength(1);
  });
});
