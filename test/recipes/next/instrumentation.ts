/** Next.js calls this once, when its server starts, before it handles a request. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] === 'nodejs') await import('@wiretally/instrumentation/register');
}
