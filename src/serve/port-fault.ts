import { describeConfigFaults } from '../config/config-fault.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { OPS_HOST_EXPECTED } from '../config/listen-address.ts';
import type { Config } from '../config/read-config.ts';

const WRONG_ADDRESS = new Set<unknown>(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL', 'EAFNOSUPPORT']);

/** A fault of `listen()`, as a ConfigurationError where the port is to blame; any other as it is. */
export function portFault(name: 'PORT' | 'OPS_PORT', port: number, fault: unknown): unknown {
  const code = codeOf(fault);
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return fault;
  const problem =
    code === 'EADDRINUSE' ? 'is in use: something listens there already' : "isn't this user's to listen on";
  const expected = `a port that is free; PORT is for Slack's requests, OPS_PORT for /healthz, /readyz and /metrics`;
  return new ConfigurationError(`${name} ${port} ${problem}\n  expected: ${expected}`, { cause: fault });
}

/** The same where the address, OPS_HOST, may be to blame too. */
export function opsPortFault({ opsPort, opsHost }: Pick<Config, 'opsPort' | 'opsHost'>, fault: unknown): unknown {
  const code = codeOf(fault);
  if (opsHost === null || !WRONG_ADDRESS.has(code)) return portFault('OPS_PORT', opsPort, fault);
  const problem = `can't be listened on: this machine has no such address (${code})`;
  const described = describeConfigFaults([{ name: 'OPS_HOST', problem, expected: OPS_HOST_EXPECTED }]);
  return new ConfigurationError(described, { cause: fault });
}

function codeOf(fault: unknown): unknown {
  return fault instanceof Error && 'code' in fault ? fault.code : null;
}
