import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLOUDLINK_HEADER, SUBSCRIBER_HEADER } from './auth.ts';

/**
 * Lets pages of the listed origins, and of no others, send operations and read the answers (S18). Without a list no
 * page of another origin can. Cookies have no part in it: there are none.
 */
export const createCors =
  (origins: readonly string[]) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    if (origins.length === 0) return;
    response.setHeader('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader(
      'access-control-expose-headers',
      'X-Request-Id, Content-Range, Accept-Ranges, Location, Retry-After',
    );
    if (request.method !== 'OPTIONS') return;
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT');
    response.setHeader(
      'access-control-allow-headers',
      `Content-Type, ${CLOUDLINK_HEADER}, ${SUBSCRIBER_HEADER}, Range, X-Request-Id`,
    );
    response.setHeader('access-control-max-age', '600');
  };

/** Whether whoever opens a socket is no page, a page of this server, or one of a listed origin: browsers ask nobody first. */
export const isOwnOrListed = (origins: readonly string[], { headers }: IncomingMessage): boolean => {
  const { origin, host } = headers;
  return origin === undefined || origins.includes(origin) || URL.parse(origin)?.host === host;
};
