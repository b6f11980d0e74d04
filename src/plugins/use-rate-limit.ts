import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { maskError } from '../errors.ts';

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
      setResult({ errors: [maskError(error)] });
    }
  },
});
