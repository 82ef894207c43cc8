import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClients, MAX_CLIENTS } from '../../src/aws/clients.ts';
import { createCredentials } from '../../src/aws/credentials.ts';
import { createTaskNames, MAX_NAMES } from '../../src/aws/task-names.ts';
import { TIME_LIMITS } from '../../src/aws/time-limits.ts';

const clock = { now: () => new Date(0) };

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIALOCAL');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterEach(() => void vi.unstubAllEnvs());

function given() {
  const credentials = createCredentials(clock, { limits: TIME_LIMITS, proxy: null });
  return createClients(credentials, { limits: TIME_LIMITS, proxy: null });
}

describe('what the bot keeps of AWS', () => {
  it('is a client for each of the Regions used last, however many are typed', async () => {
    const clients = given();
    const first = await clients.reader('xx-first-1', null);
    const closed = vi.spyOn(first, 'destroy');
    for (let number = 1; number < MAX_CLIENTS; number++) await clients.reader(`xx-made-up-${number}`, null);
    expect(await clients.reader('xx-first-1', null)).toBe(first);
    for (let number = 0; number < MAX_CLIENTS - 1; number++) await clients.reader(`xx-more-${number}`, null);
    expect(closed).not.toHaveBeenCalled();
    await clients.reader('xx-last-1', null);
    expect(closed).toHaveBeenCalledTimes(1);
    expect(await clients.reader('xx-first-1', null)).not.toBe(first);
    clients.close();
  });

  it('is a client for each of the Regions in which a limit was changed last', async () => {
    const clients = given();
    const session = { kind: 'change', request: 'r-0123456789', team: 'T1', user: 'U1' } as const;
    const changer = (region: string) => clients.changer(region, null, session, 'arn');
    const first = await changer('xx-first-1');
    const closed = vi.spyOn(first, 'destroy');
    for (let number = 1; number < MAX_CLIENTS; number++) await changer(`xx-made-up-${number}`);
    expect(closed).not.toHaveBeenCalled();
    await changer('xx-last-1');
    expect(closed).toHaveBeenCalledTimes(1);
    clients.close();
  });

  it('is the names of the tasks learned last', () => {
    const clients = given();
    const names = createTaskNames(clock, clients, TIME_LIMITS);
    for (let number = 0; number <= MAX_NAMES; number++) names.learn(`task-${number}`, 'nightly');
    expect(names.known('task-0')).toBeNull();
    expect(names.known('task-1')).toBe('nightly');
    clients.close();
  });
});
