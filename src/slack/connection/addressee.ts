import type { Identity } from './identify.ts';

/** The app, workspace and installation that a payload is for. */
interface Addressee {
  api_app_id: string;
  team_id?: string | undefined;
  team?: { id: string } | null | undefined;
  enterprise_id?: string | null | undefined;
  enterprise?: { id: string } | null | undefined;
  view?: { app_id: string; team_id: string; app_installed_team_id?: string | null | undefined } | undefined;
}

/** Why a payload is not for this bot. */
export type Misaddressed = 'another-app' | 'another-workspace';

/**
 * Null if a payload is for this app as installed in this workspace. In an Enterprise Grid, `team` is the workspace that
 * the person acts from, which may be another one of the same organization: such people are checked, answered and
 * recorded like anybody else. Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload
 */
export function misaddressed(payload: Addressee, identity: Identity): Misaddressed | null {
  const { view } = payload;
  if (payload.api_app_id !== identity.appId || (view && view.app_id !== identity.appId)) return 'another-app';
  const ours = (id: string | null | undefined) => id != null && (id === identity.team || id === identity.enterprise);
  if (view?.app_installed_team_id != null) return ours(view.app_installed_team_id) ? null : 'another-workspace';
  const acting = payload.team_id ?? payload.team?.id;
  const sister = ours(payload.enterprise_id ?? payload.enterprise?.id);
  if (sister) return null;
  return ours(acting) && (!view || ours(view.team_id)) ? null : 'another-workspace';
}
