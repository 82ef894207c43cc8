import type { PolicyInForce } from '../../domain/policy/policies-in-force.ts';

export interface PolicySource {
  /** For what is shown: what other bots run is as it was heard last. */
  current(): PolicyInForce;
  /**
   * For what is decided and applied: what other bots run is read now, and theirs read this one's.
   * @throws NotRecorded where Redis does not answer
   */
  counting(): Promise<PolicyInForce>;
}
