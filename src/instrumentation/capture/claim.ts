/**
 * One hook a process: two installed copies of this package, or two instances of its class, would count each call twice.
 * The first one that claims a transport switches it on; the others wait and take over when it is switched off.
 */
import { CLAIMS } from './process-keys.ts';

/** Takes back what a switch-on did. Safe to call more than once. */
export type Undo = () => void;

interface Holder {
  readonly turnOn: () => Undo;
  /** Null while another copy holds the transport. */
  undo: Undo | null;
}

type Claims = Map<string, Holder[]>;

function claims(): Claims {
  const shared = globalThis as typeof globalThis & { [CLAIMS]?: Claims };
  return (shared[CLAIMS] ??= new Map());
}

/**
 * @param transport the name under which copies meet, e.g. `undici`.
 * @param turnOn switches the transport on; called at once, or when the copies before this one have let go.
 */
export function claim(transport: string, turnOn: () => Undo): Undo {
  const all = claims();
  const holders = all.get(transport) ?? [];
  all.set(transport, holders);
  const holder: Holder = { turnOn, undo: null };
  if (holders.length === 0) holder.undo = turnOn();
  holders.push(holder);

  return () => {
    const index = holders.indexOf(holder);
    if (index === -1) return;
    holders.splice(index, 1);
    if (holder.undo === null) return;
    holder.undo();
    holder.undo = null;
    const next = holders[0];
    if (next !== undefined) next.undo = next.turnOn();
  };
}
