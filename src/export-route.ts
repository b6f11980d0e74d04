import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { LONGEST_PAGE, readCallHistory } from './call-history.ts';
import { createClearGarbage } from './clear-garbage.ts';
import type { ContextRequest, createContextFactory } from './context.ts';
import { encodeCursor } from './cursor.ts';
import { createStreamRoute, type StreamedRequest, type StreamRouteOptions } from './stream-route.ts';
import { createStreamLimit } from './stream-limit.ts';
import { maskError } from './errors.ts';
import { exportFormats, type ExportFormat } from './export-format.ts';
import { parseExportRequest, type ExportRequest } from './export-request.ts';
import { toRows, type ExportRow } from './export-row.ts';
import { toHistoryQuery } from './schema/call-history-query.ts';
import { sidesOf } from './schema/call-history-target.ts';

type CreateContext = ReturnType<typeof createContextFactory>;

export interface ExportRouteOptions extends StreamRouteOptions {
  readonly createContext: CreateContext;
}

/** The formats by the paths where they are. */
export const exportPaths: ReadonlyMap<string, ExportFormat> = new Map(
  Object.entries(exportFormats).map(([ending, format]) => [`/export/calls.${ending}`, format]),
);

interface ExportPage {
  readonly rows: readonly ExportRow[];
  /** Where the export goes on, if that is not behind the last row. */
  readonly end: string | null;
  /** What had to be left out of it. */
  readonly warnings: readonly string[];
}

/**
 * The calls that are asked for, a page at a time. Each page is an operation of its own, with its own time limit, and
 * nothing of it is kept: the whole takes no more memory than a page. A platform that fails ends it, so that nothing is
 * passed over.
 */
async function* readPages(
  { target, args, list, place, withRecordings }: ExportRequest,
  createContext: CreateContext,
  caller: ContextRequest,
): AsyncGenerator<ExportPage, void, undefined> {
  for (let after = place; ;) {
    const context = await createContext(caller);
    const { query, sides } = toHistoryQuery(args, sidesOf(target, withRecordings, context), context);
    const page = { first: LONGEST_PAGE, after };
    const { items, hasNextPage, end, sources } = await readCallHistory(
      sides,
      { ...query, isStrict: true },
      page,
    );
    const told = items.map(({ value, place: next }) => ({ value, cursor: encodeCursor(list, next) }));
    const rows = await toRows(told, withRecordings, context.cloudlink);
    const isShort = hasNextPage && items.length < LONGEST_PAGE && end !== null;
    yield {
      rows,
      end: isShort ? encodeCursor(list, end) : null,
      warnings: [...sources.flatMap(({ gaps }) => gaps), ...context.warnings.map(({ message }) => message)],
    };
    if (!hasNextPage) return;
    after = end;
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
export const createExportRoute = ({ createContext, ...options }: ExportRouteOptions) => {
  const enter = createStreamLimit('exports');
  const clearGarbage = createClearGarbage();

  const serve = async ({ response, url, caller, report, note }: StreamedRequest): Promise<string | null> => {
    const { pathname, searchParams } = url;
    const format = exportPaths.get(pathname) ?? exportFormats.csv;
    const request = parseExportRequest(searchParams);
    const leave = enter(caller.credentials);
    const warnings = new Set<string>();
    let calls = 0;
    let cursor = searchParams.get('after');
    try {
      for await (const { rows, end, warnings: more } of readPages(request, createContext, caller)) {
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
        for (const warning of more) warnings.add(warning);
        calls += rows.length;
        cursor = end ?? rows.at(-1)?.cursor ?? cursor;
        note({ calls });
        const text = rows.map(format.row).join('');
        await write(response, end === null ? text : `${text}${format.progress(end)}`, caller.signal);
        clearGarbage();
      }
      response.end(format.end({ calls, cursor, failure: null, warnings: [...warnings] }));
      return null;
    } catch (error) {
      if (!response.headersSent || caller.signal.aborted) throw error;
      report(error);
      const { message, extensions } = maskError(error);
      const failure = { code: String(extensions['code']), message };
      const last = format.end({ calls, cursor, failure, warnings: [...warnings] });
      response.write(last, () => response.destroy());
      return failure.code;
    } finally {
      leave();
    }
  };

  return createStreamRoute('export', serve, options);
};
