import { Agent, request } from 'node:http';

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One socket a call, closed after it: a bot that stops is not held up by our idle connections. */
const single = (): Agent => new Agent({ keepAlive: false });

/**
 * One POST over loopback.
 * @returns the reply, whatever its status; rejects when there is none, with an AbortError after `timeoutMs`
 */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
  options: { readonly agent?: Agent; readonly timeoutMs?: number } = {},
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const signal = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs);
    const call = request(
      url,
      {
        method: 'POST',
        agent: options.agent ?? single(),
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        ...(signal === undefined ? {} : { signal }),
      },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => {
          const flat = Object.entries(reply.headers).map(([name, value]) => [name, String(value ?? '')]);
          resolve({
            status: reply.statusCode ?? 0,
            headers: Object.fromEntries(flat),
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    call.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
    call.end(body);
  });
}
