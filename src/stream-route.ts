import type { IncomingMessage, ServerResponse } from 'node:http';
import { principalOf, readCredentials, type Credentials } from './auth.ts';
import type { ContextRequest } from './context.ts';
import { isUnexpected, maskError } from './errors.ts';
import type { Logger } from './logger.ts';
import { BodyError } from './request-body.ts';
import { requestIdOf } from './request-id.ts';
import { sendFailure } from './route-failure.ts';

export interface StreamRouteOptions {
  readonly log: Logger;
  /** Throws where the one who asks has asked too often. */
  readonly admit: (request: IncomingMessage, credentials: Credentials) => void;
  /** How long a client may take nothing of what is there for it, or send nothing of what it announced. */
  readonly stalledMs: number;
}

/** One request for something that may take long to give, or to take. */
export interface StreamedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Who asks; its signal says that they have gone. */
  readonly caller: ContextRequest;
  /** A fault of ours is told to nobody but the log. */
  readonly report: (error: unknown) => void;
  /** Adds to the line about it in the log. */
  readonly note: (fields: Readonly<Record<string, unknown>>) => void;
}

/** Answers such a request. Tells the code of what broke it off, if that was told to the client; throws what was not. */
export type ServeStream = (download: StreamedRequest) => Promise<string | null>;

/**
 * What all routes beside GraphQL that stream have in common: the credentials of GraphQL, an end when the client has gone
 * or stands still for too long, the answer for what fails before they begin and the cut for what fails after, and a line
 * in the log.
 */
export const createStreamRoute =
  (kind: string, serve: ServeStream, { log, admit, stalledMs }: StreamRouteOptions) =>
  async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const started = performance.now();
    const gone = new AbortController();
    let isGone = false;
    let isStalled = false;
    response.once('close', () => {
      // What breaks off on our side closes the response as well, with its error.
      isGone = (response.errored ?? null) === null;
      gone.abort();
    });
    // Node counts as progress whatever of a write has left. Waiting for a platform is no fault of the client's.
    response.setTimeout(stalledMs, () => {
      const owesBytes = !request.complete && request.readableLength === 0;
      if (response.writableLength === 0 && !owesBytes) {
        // It tells once, and not again until something has moved.
        request.socket.setTimeout(stalledMs);
        return;
      }
      isStalled = true;
      response.destroy();
    });
    const header = (name: string): string | null => {
      const value = request.headers[name.toLowerCase()];
      return typeof value === 'string' ? value : null;
    };
    const credentials = readCredentials(header);
    const requestId = requestIdOf(header('x-request-id'));
    const report = (error: unknown): void => {
      const masked = maskError(error);
      if (!(error instanceof BodyError) && isUnexpected(masked))
        log.error({ err: masked.originalError, requestId }, `${kind} failed`);
    };
    let notes: Readonly<Record<string, unknown>> = {};
    let failure: string | null = null;
    try {
      admit(request, credentials);
      failure = await serve({
        request,
        response,
        url,
        caller: { credentials, requestId, signal: gone.signal },
        report,
        note: (fields) => {
          notes = { ...notes, ...fields };
        },
      });
    } catch (error) {
      if (isGone) failure = isStalled ? 'CLIENT_STALLED' : 'CLIENT_GONE';
      else {
        report(error);
        if (!response.headersSent) failure = sendFailure(response, error);
        else {
          // The answer has begun: all that can be told is that it is not whole.
          failure = 'BROKEN_OFF';
          response.destroy();
        }
      }
    }
    log.info(
      {
        requestId,
        principal: principalOf(credentials),
        status: response.statusCode,
        durationMs: Math.round(performance.now() - started),
        ...notes,
        ...(failure !== null && { errors: [failure] }),
      },
      kind,
    );
  };
