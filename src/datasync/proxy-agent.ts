import { Agent } from 'node:https';

/** As in the configuration: the proxy's address, and the hosts that are reached without it. */
interface ProxyWay {
  url: string;
  noProxy: string;
}

const MOST_SOCKETS = 50;

/** Node's own agent with a proxy. Only https goes through it: a local AWS, and the machine's own credentials, have none. */
export function proxyAgent({ url, noProxy }: ProxyWay): Agent {
  // Newer than Node's types here.
  const options = {
    keepAlive: true,
    maxSockets: MOST_SOCKETS,
    proxyEnv: { HTTPS_PROXY: url, NO_PROXY: withSubdomains(noProxy) },
  };
  return new Agent(options);
}

/** Node takes a name for that host alone; undici, which Slack is reached by, for its subdomains too. */
function withSubdomains(noProxy: string): string {
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .flatMap((entry) => (/^[\w-]+(?:\.[\w-]*[a-z][\w-]*)+(?::\d+)?$/i.test(entry) ? [entry, `.${entry}`] : [entry]))
    .join(',');
}
