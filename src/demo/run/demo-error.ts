/** Something that the person who started the demo can change; shown without a stack. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
