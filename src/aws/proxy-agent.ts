import { Agent } from 'node:https';

/** From the configuration: the proxy's URL, and the hosts that are reached without it. */
interface ProxyWay {
  url: string;
  noProxy: string;
}

const MAX_SOCKETS = 50;

/** Node's own agent with a proxy. Only https goes through it: a local AWS and an instance's credentials are reached by http. */
export function proxyAgent({ url, noProxy }: ProxyWay, more: { timeout?: number } = {}): Agent {
  // `proxyEnv` is newer than the Node types of this project.
  const options = {
    ...more,
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    proxyEnv: { HTTPS_PROXY: url, NO_PROXY: withSubdomains(noProxy) },
  };
  return new Agent(options);
}

/** In NO_PROXY a name means that host alone for Node, and its subdomains too for undici, which calls Slack. Here too, it means both. */
function withSubdomains(noProxy: string): string {
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .flatMap((entry) => (/^[\w-]+(?:\.[\w-]*[a-z][\w-]*)+(?::\d+)?$/i.test(entry) ? [entry, `.${entry}`] : [entry]))
    .join(',');
}
