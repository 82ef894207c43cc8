import type { Config } from '../config/read-config.ts';
import type { Log } from '../logging/logger.ts';
import { type OpsServer, type OpsServerOptions, startOpsServer } from '../ops/ops-server.ts';
import { opsPortFault } from './port-fault.ts';

/** The port of `/healthz`, `/readyz` and `/metrics`. It is created first, so that probes are answered until all else has stopped. */
export function createOpsPort({ config, host, log }: { config: Config; host: string | undefined; log: Log }) {
  let server: OpsServer | null = null;
  return {
    /** @returns the port. @throws ConfigurationError where OPS_PORT or OPS_HOST can't be listened on */
    async listen(pages: Pick<OpsServerOptions, 'readiness' | 'metrics'>): Promise<number> {
      const options = { port: config.opsPort, host: host ?? config.opsHost, ...pages, log };
      server = await startOpsServer(options).catch((fault: unknown) => {
        throw opsPortFault(config, fault);
      });
      return server.port;
    },
    stop: () => server?.stop(),
  };
}
