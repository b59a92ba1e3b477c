/** Which known texts are most like a given one, by edit distance. */

/** @returns at most `limit`, best first; none where nothing is alike. */
export function nearest(text: string, known: Iterable<string>, limit: number): readonly string[] {
  const wanted = text.toLowerCase();
  const worst = Math.max(3, Math.ceil(wanted.length / 2));
  const scored: { id: string; distance: number }[] = [];
  for (const id of new Set(known)) {
    const candidate = id.toLowerCase();
    const last = candidate.slice(candidate.lastIndexOf('/') + 1);
    // A name that begins like the wanted one is likely meant, though it goes on.
    const prefix = wanted !== '' && (last.startsWith(wanted) || wanted.startsWith(last)) ? 0.5 : 1;
    const distance = editDistance(wanted, last) * prefix;
    if (distance <= worst) scored.push({ id, distance });
  }
  return scored
    .toSorted((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
    .map(({ id }) => id);
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
