/** What a model is called in reports. */

export function modelDisplayName(_provider: string, model: string | null): string {
  return model ?? 'unknown';
}
