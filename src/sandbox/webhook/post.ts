import { Agent as HttpAgent, request as requestHttp, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** How a post ended: with a status, or without one for this reason. */
export type Outcome =
  | { readonly status: number }
  | { readonly status: null; readonly error: string; readonly isAborted: boolean };

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long everything may take. */
  readonly timeoutMs: number;
}

export interface Poster {
  /** Posts over a connection that is kept; never rejects. */
  post(post: Post): Promise<Outcome>;
  /** Cuts what is under way and every connection. */
  abort(): void;
}

const ABORTED = new Error('The sandbox stopped it.');

const isStale = (error: NodeJS.ErrnoException, request: ClientRequest): boolean =>
  request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

export const createPoster = (): Poster => {
  const plain = new HttpAgent({ keepAlive: true });
  const secure = new HttpsAgent({ keepAlive: true });
  const underWay = new Set<ClientRequest>();

  const open = ({ url, body, headers }: Post): ClientRequest => {
    const target = new URL(url);
    const options = {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'sandbox-webhook',
        ...headers,
      },
    };
    return target.protocol === 'https:'
      ? requestHttps(target, { ...options, agent: secure })
      : requestHttp(target, { ...options, agent: plain });
  };

  const post: Poster['post'] = async (given) =>
    new Promise((resolve) => {
      const request = open(given);
      const timer = setTimeout(
        () => request.destroy(new Error(`No answer within ${given.timeoutMs} ms.`)),
        given.timeoutMs,
      );
      timer.unref();
      underWay.add(request);
      const end = (outcome: Outcome | Promise<Outcome>) => {
        clearTimeout(timer);
        underWay.delete(request);
        resolve(outcome);
      };
      const fail = (error: Error) => {
        // The receiver had closed a kept connection before the post reached it: it has seen nothing of it.
        if (isStale(error, request)) return end(post(given));
        end({ status: null, error: error.message, isAborted: error === ABORTED });
      };
      request.once('error', fail);
      request.once('response', (response) => {
        response.once('error', fail);
        response.once('end', () => end({ status: response.statusCode ?? 0 }));
        response.resume();
      });
      request.end(given.body);
    });

  return {
    post,
    abort: () => {
      for (const request of underWay) request.destroy(ABORTED);
      plain.destroy();
      secure.destroy();
    },
  };
};
