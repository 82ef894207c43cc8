import { describe, expect, it } from 'vitest';
import { canProxy } from '../../src/config/proxy-address.ts';
import { faults, read } from './given-config.ts';

describe('HTTPS_PROXY', () => {
  it('is read in both cases, the lower one first, with NO_PROXY, and its password is a secret', () => {
    expect(read().proxy).toBeNull();
    const upper = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'internal' };
    expect(read(upper).proxy).toEqual({ url: 'http://proxy:3128/', noProxy: 'internal' });
    const both = { ...upper, https_proxy: 'https://me:s%40fe@other', no_proxy: '*.local' };
    const config = read(both);
    expect(config.proxy).toEqual({ url: 'https://me:s%40fe@other/', noProxy: '*.local' });
    expect(config.secrets).toEqual(expect.arrayContaining(['s%40fe', 's@fe']));
  });

  it.each(['proxy:3128', 'socks5://proxy:1', 'http://', 'http://proxy/path', 'http://me:100%@proxy', 'my proxy'])(
    'stops the start with its name where it is %s',
    (value) => {
      for (const name of ['HTTPS_PROXY', 'https_proxy']) {
        const [fault, ...more] = faults({ [name]: value });
        expect(more).toEqual([]);
        expect(fault?.name).toBe(name);
        expect(fault?.problem).not.toContain('proxy');
      }
    },
  );

  it('needs a Node that can use it', () => {
    expect(['22.20.0', '23.11.0', '24.4.1'].map(canProxy)).toEqual([false, false, false]);
    expect(['22.21.0', '24.5.0', '25.0.0'].map(canProxy)).toEqual([true, true, true]);
  });
});
