/** What differs from run to run, replaced by what one run could have said, as wide as it was where a table stands on it. */

const DAY = '2026-11-22';
const TIME = '10:41:19';
const DAY_MS = 86_400_000;
/** Ends what a line of progress said before. */
const CLEARED = '\r\u001B[K';
/** Of a run's own listener, which takes any free one. */
const SOME_PORT = 40_123;

export interface Normaliser {
  /** From now on, this text of the run is that one. */
  replace(text: string, by: string): void;
  of(output: string): string;
}

export function createNormaliser(startedAt: Date): Normaliser {
  const texts: (readonly [string, string])[] = [];
  const ids: string[] = [];
  // A run may see midnight. All other days are in what is shown, or were published, and stay.
  const days = [0, 1]
    .map((later) => new Date(startedAt.getTime() + later * DAY_MS).toISOString().slice(0, 10))
    .join('|');
  const moment = new RegExp(String.raw`(?:${days})([ T])\d\d:\d\d:\d\d(\.\d+)?`, 'g');
  return {
    replace: (text, by) => void texts.push([text, by]),
    of(output) {
      let text = output;
      for (const [from, to] of texts) text = text.replaceAll(from, to);
      return text
        .split('\n')
        .map((line) => line.split(CLEARED).at(-1))
        .join('\n')
        .replaceAll(moment, (_, between: string, parts?: string) =>
          [DAY, between, TIME, parts === undefined ? '' : '.204'].join(''),
        )
        .replaceAll(new RegExp(days, 'g'), DAY)
        .replaceAll(/( *)(?<![\d,.])[\d,]+ ms\b/g, (found) => '12 ms'.padStart(found.length))
        .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, (id) => {
          if (!ids.includes(id)) ids.push(id);
          return `019aab12-3f4e-7c01-9d2b-${(ids.indexOf(id) + 1).toString(16).padStart(12, '0')}`;
        })
        .replaceAll(/127\.0\.0\.1:(?!43\d\d\b)\d+/g, `127.0.0.1:${SOME_PORT}`)
        .replaceAll(/\b\d+ [kM]B\b/g, '9 MB')
        .replaceAll(/PostgreSQL \d+(?:\.\d+)?/g, 'PostgreSQL 18')
        .replaceAll(/ +$/gm, '');
    },
  };
}
