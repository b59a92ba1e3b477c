/**
 * State that all installed copies of this package share: two copies in one process (a bundle and node_modules, ESM and
 * CommonJS) must not deliver or count a call twice.
 */
const PREFIX = 'wiretally.emit.';

/**
 * The value that the first copy made under this name.
 *
 * The name carries a version where the shape of the value changes, since an older copy may have made it.
 */
export function processWide<T>(name: string, create: () => T): T {
  const key = Symbol.for(PREFIX + name);
  const holder = globalThis as unknown as Record<symbol, T | undefined>;
  const existing = holder[key];
  if (existing !== undefined) return existing;
  const value = create();
  Object.defineProperty(holder, key, { value, enumerable: false, configurable: true, writable: true });
  return value;
}

/** The value if a copy has made it. */
export function peekProcessWide(name: string): unknown {
  return (globalThis as unknown as Record<symbol, unknown>)[Symbol.for(PREFIX + name)];
}

/** Takes a process-wide value away again, for tests and for closing. */
export function forgetProcessWide(name: string): void {
  delete (globalThis as unknown as Record<symbol, unknown>)[Symbol.for(PREFIX + name)];
}
