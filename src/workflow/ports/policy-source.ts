import type { PolicyInForce } from '../../domain/policy/policies-in-force.ts';

export interface PolicySource {
  /** For display: other bots' policies are as of the last heartbeat. */
  current(): PolicyInForce;
  /**
   * For decisions and applies: announces this bot's policy and reads the other bots' policies now.
   * @throws NotRecorded if Redis does not answer
   */
  counting(): Promise<PolicyInForce>;
}
