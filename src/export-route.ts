import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { principalOf, readCredentials } from './auth.ts';
import { LONGEST_PAGE, readCallHistory } from './call-history.ts';
import type { ContextRequest, createContextFactory } from './context.ts';
import { encodeCursor } from './cursor.ts';
import { isUnexpected, maskError } from './errors.ts';
import { exportFormats, type ExportFormat } from './export-format.ts';
import { parseExportRequest, type ExportRequest } from './export-request.ts';
import { toRows, type ExportRow } from './export-row.ts';
import type { Logger } from './logger.ts';
import { requestIdOf } from './request-id.ts';
import { sendFailure } from './route-failure.ts';
import { toHistoryQuery } from './schema/call-history-query.ts';
import { sidesOf } from './schema/call-history-target.ts';

type CreateContext = ReturnType<typeof createContextFactory>;

export interface ExportRouteOptions {
  readonly createContext: CreateContext;
  readonly log: Logger;
}

/** The formats by the paths where they are. */
export const exportPaths: ReadonlyMap<string, ExportFormat> = new Map(
  Object.entries(exportFormats).map(([ending, format]) => [`/export/calls.${ending}`, format]),
);

/**
 * The calls that are asked for, a page at a time. Each page is an operation of its own, with its own time limit, and
 * nothing of it is kept: the whole takes no more memory than a page. A platform that fails ends it, so that nothing is
 * passed over.
 */
async function* readPages(
  { target, args, list, place, withRecordings }: ExportRequest,
  createContext: CreateContext,
  caller: ContextRequest,
): AsyncGenerator<readonly ExportRow[], void, undefined> {
  for (let after = place; ;) {
    const context = await createContext(caller);
    const { query, sides } = toHistoryQuery(args, sidesOf(target, withRecordings, context));
    const page = { first: LONGEST_PAGE, after };
    const { items, hasNextPage } = await readCallHistory(sides, { ...query, isStrict: true }, page);
    const told = items.map(({ value, place: next }) => ({ value, cursor: encodeCursor(list, next) }));
    yield await toRows(told, withRecordings, context.cloudlink);
    if (!hasNextPage) return;
    after = items.at(-1)?.place ?? after;
  }
}

/** Waits where the client takes more slowly than it is given. */
const write = async (response: ServerResponse, text: string, signal: AbortSignal): Promise<void> => {
  if (!response.write(text)) await once(response, 'drain', { signal });
};

/**
 * Answers `GET /export/calls.csv` and `.ndjson` with the calls of a history to its end, for the credentials of GraphQL.
 * The last line says whether that is all; where a platform fails on the way, it says why, and the connection breaks off,
 * so that a part is not taken for the whole. Nothing more is asked for once the client has gone.
 */
export const createExportRoute = ({ createContext, log }: ExportRouteOptions) => {
  /** A fault of ours is told to nobody but the log. */
  const report = (error: unknown, requestId: string): void => {
    const masked = maskError(error);
    if (isUnexpected(masked)) log.error({ err: masked.originalError, requestId }, 'an export failed');
  };

  const serve = async (
    response: ServerResponse,
    { pathname, searchParams }: URL,
    caller: ContextRequest,
    count: (calls: number) => void,
  ): Promise<string | null> => {
    const format = exportPaths.get(pathname) ?? exportFormats.csv;
    const request = parseExportRequest(searchParams);
    let calls = 0;
    let cursor = searchParams.get('after');
    try {
      for await (const rows of readPages(request, createContext, caller)) {
        if (!response.headersSent) {
          response.writeHead(200, {
            'content-type': format.contentType,
            'content-disposition': `attachment; filename="${pathname.split('/').at(-1) ?? ''}"`,
            'cache-control': 'private, no-store',
            'x-content-type-options': 'nosniff',
          });
          // What goes on behind a cursor is appended to what there is.
          if (request.place === null) await write(response, format.head, caller.signal);
        }
        calls += rows.length;
        cursor = rows.at(-1)?.cursor ?? cursor;
        count(calls);
        await write(response, rows.map(format.row).join(''), caller.signal);
      }
      response.end(format.end({ calls, cursor, failure: null }));
      return null;
    } catch (error) {
      if (!response.headersSent || caller.signal.aborted) throw error;
      report(error, caller.requestId);
      const { message, extensions } = maskError(error);
      const failure = { code: String(extensions['code']), message };
      response.write(format.end({ calls, cursor, failure }), () => response.destroy());
      return failure.code;
    }
  };

  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const started = performance.now();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const header = (name: string): string | null => {
      const value = request.headers[name.toLowerCase()];
      return typeof value === 'string' ? value : null;
    };
    const credentials = readCredentials(header);
    const requestId = requestIdOf(header('x-request-id'));
    let failure: string | null = null;
    let calls = 0;
    try {
      failure = await serve(response, url, { credentials, requestId, signal: gone.signal }, (so) => {
        calls = so;
      });
    } catch (error) {
      if (gone.signal.aborted) failure = 'CLIENT_GONE';
      else {
        report(error, requestId);
        failure = sendFailure(response, error);
      }
    }
    log.info(
      {
        requestId,
        principal: principalOf(credentials),
        status: response.statusCode,
        durationMs: Math.round(performance.now() - started),
        calls,
        ...(failure !== null && { errors: [failure] }),
      },
      'export',
    );
  };
};
