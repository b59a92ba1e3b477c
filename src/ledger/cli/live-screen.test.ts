import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { openLiveScreen } from './live-screen.ts';
import type { Terminal } from './live-screen.ts';

function fakeTerminal(): {
  terminal: Terminal;
  written: () => string;
  raw: boolean[];
  input: EventEmitter;
  output: EventEmitter;
} {
  let text = '';
  const raw: boolean[] = [];
  const output = Object.assign(new EventEmitter(), {
    columns: 80,
    rows: 4,
    write(piece: string) {
      text += piece;
      return true;
    },
  });
  const input = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: (mode: boolean) => raw.push(mode),
    resume() {},
    pause() {},
  });
  return { terminal: { output, input } as unknown as Terminal, written: () => text, raw, input, output };
}

test('draws what fits, and leaves the window and the keyboard as they were', () => {
  const { terminal, written, raw, input, output } = fakeTerminal();
  const heard: string[] = [];
  const screen = openLiveScreen(terminal, { quit: () => heard.push('quit'), resize: () => heard.push('resize') });
  screen.draw(['one', 'two', 'three', 'four', 'five']);
  expect(written()).toContain('three');
  expect(written()).not.toContain('four');
  input.emit('data', Buffer.from('x'));
  output.emit('resize');
  for (const key of ['q', '\u0003', '\u0004']) input.emit('data', Buffer.from(key));
  expect(heard).toEqual(['resize', 'quit', 'quit', 'quit']);
  screen.close();
  expect(written().startsWith('\u001B[?1049h\u001B[?25l')).toBe(true);
  expect(written().endsWith('\u001B[?25h\u001B[?1049l')).toBe(true);
  expect(raw).toEqual([true, false]);
  expect(input.listenerCount('data') + output.listenerCount('resize')).toBe(0);
});
