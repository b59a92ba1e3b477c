/** A route that asks a model, with the `fetch` that Next.js has wrapped for its cache. */
export const dynamic = 'force-dynamic';

export async function GET(): Promise<Response> {
  const answer = await fetch(`${process.env['APP_PROVIDER']}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-secret' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'a private prompt' }] }),
  });
  return Response.json(await answer.json());
}
