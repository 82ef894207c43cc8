import type { Act, ActAnswer, Control } from '../page-state.ts';

/** Does something as a person. A page server that is gone counts as Slack being gone. */
export async function sendAct(as: string, act: Act): Promise<ActAnswer> {
  const response = await post('/act', { as, act });
  return response?.ok ? await response.json() : { failure: 'page_unreachable', errors: null, options: null };
}

/** What the demo says against it, or null where it was done. */
export async function sendControl(control: Control): Promise<string | null> {
  const response = await post('/control', control);
  if (response === null) return 'The demo did not answer.';
  return response.ok ? null : await response.text();
}

async function post(path: string, body: unknown): Promise<Response | null> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (fault) {
    if (fault instanceof TypeError) return null;
    throw fault;
  }
}
