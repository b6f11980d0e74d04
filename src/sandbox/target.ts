import type { Incoming } from './exchange.ts';

/** Path and query of a request line, as they came. The absolute form that proxies use loses its origin. */
export const parseTarget = (url: string): Pick<Incoming, 'path' | 'query'> => {
  const relative = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '');
  const mark = relative.indexOf('?');
  const path = mark === -1 ? relative : relative.slice(0, mark);
  return {
    path: path.startsWith('/') ? path : `/${path}`,
    query: mark === -1 ? '' : relative.slice(mark + 1),
  };
};
