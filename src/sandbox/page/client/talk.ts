import type { Act, ActAnswer, Control } from '../page-state.ts';

/** Does something as a person. A page server that is gone counts as Slack being gone. */
export async function sendAct(as: string, act: Act): Promise<ActAnswer> {
  const answer = await post('/act', { as, act });
  return answer ?? { failure: 'page_unreachable', errors: null, options: null };
}

export async function sendControl(control: Control): Promise<void> {
  await post('/control', control);
}

async function post(path: string, body: unknown): Promise<ActAnswer | null> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.ok ? await response.json() : null;
  } catch (fault) {
    if (fault instanceof TypeError) return null;
    throw fault;
  }
}
