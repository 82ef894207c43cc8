/** The environment or the policy file is wrong. The message lists every fault. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
