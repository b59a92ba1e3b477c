/** Says which setting is wrong and what it may be. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
