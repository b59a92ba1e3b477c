/**
 * Preloaded into every child of the demo: when the parent is gone, however it went, the child is asked to stop. The
 * parent's end shows as a closed channel, so this works for kill -9 as well.
 */
const delayMs = Number(process.env['DEMO_LEASH_DELAY_MS'] ?? 0);
delete process.env['DEMO_LEASH_DELAY_MS'];

process.once('disconnect', () => {
  // Asked to stop, a process says goodbye on pipes that nobody reads any more.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  setTimeout(() => process.kill(process.pid, 'SIGTERM'), delayMs);
});
// The channel alone must not keep a child alive that has done its work.
process.channel?.unref();
