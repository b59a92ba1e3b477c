/** Puts functions of ours in place of methods of one object, without a closure an object. */

/** A method of somebody else's, whatever it takes and gives. */
export type Method<T> = (this: T, ...args: unknown[]) => unknown;

/** Makes ours from the original, which it has to call. */
export type Hook<T> = (original: Method<T>) => Method<T>;

/**
 * One function of ours is made an original, which is a method of a prototype or what another observer has put in its
 * place, and shared by all objects that have it.
 *
 * @returns overrides the method on an object, where it has one of that name.
 */
export function createOverride<T extends object>(hook: Hook<T>): (target: T, name: string) => void {
  const made = new WeakMap<Method<T>, Method<T>>();
  return (target, name) => {
    const methods = target as Record<string, unknown>;
    const original = methods[name];
    if (typeof original !== 'function') return;
    let ours = made.get(original as Method<T>);
    if (ours === undefined) {
      ours = hook(original as Method<T>);
      made.set(original as Method<T>, ours);
    }
    methods[name] = ours;
  };
}
