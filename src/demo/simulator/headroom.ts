/** A limit that falls with each call and is full again when its window turns: what rate-limit headers are made of. */

export interface Headroom {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/**
 * @param windowSeconds how long a window lasts
 * @returns takes an amount from the current window and says what is left
 */
export function headroom(limit: number, windowSeconds: number): (amount: number) => Headroom {
  let windowEndsMs = 0;
  let used = 0;
  return (amount) => {
    const now = Date.now();
    if (now >= windowEndsMs) {
      windowEndsMs = now + windowSeconds * 1000;
      used = 0;
    }
    used = Math.min(limit, used + amount);
    return { limit, remaining: limit - used, resetSeconds: (windowEndsMs - now) / 1000 };
  };
}

/** As Go prints a duration: `120ms`, `17.4s`, `2m59.56s`. */
export function goDuration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)}ms`;
  const minutes = Math.floor(seconds / 60);
  const rest = Number((seconds - minutes * 60).toFixed(3));
  return minutes === 0 ? `${rest}s` : `${minutes}m${rest}s`;
}
