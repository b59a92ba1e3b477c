/** Percent-decodes a path segment; what cannot be decoded stays as it is. */
export function decoded(segment: string | undefined): string | null {
  if (segment === undefined || segment === '') return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
