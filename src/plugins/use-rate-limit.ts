import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { maskError } from '../errors.ts';

/** The same with the status of HTTP: nothing of the request was carried out. */
const toRefusal = (error: unknown): GraphQLError => {
  const { message, extensions } = maskError(error);
  const waitMs = extensions['retryAfterMs'];
  const headers = typeof waitMs === 'number' ? { 'retry-after': String(Math.ceil(waitMs / 1000)) } : {};
  return new GraphQLError(message, { extensions: { ...extensions, http: { status: 429, headers } } });
};

/**
 * Refuses a request over HTTP whose client asks too often, before its document is looked at. `admit` throws where that is
 * so. Sockets, whose operations are no requests, have it said to them before they get as far as plugins.
 */
export const useRateLimit = (
  admit: (request: Request, incoming: IncomingMessage | undefined) => void,
): Plugin<{}, { readonly req?: IncomingMessage }> => ({
  onParams: ({ request, context, setResult }) => {
    try {
      admit(request, context.req);
    } catch (error) {
      setResult({ errors: [toRefusal(error)] });
    }
  },
});
