import type { ExportRow } from './export-row.ts';

/** How an export ended: whether it holds everything, and behind which call it would go on. */
export interface ExportEnd {
  readonly calls: number;
  readonly cursor: string | null;
  /** Why it broke off; null where it holds everything. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** A way to write calls down: lines, of which the last says whether it is all. */
export interface ExportFormat {
  readonly contentType: string;
  readonly head: string;
  readonly row: (row: ExportRow) => string;
  readonly end: (end: ExportEnd) => string;
}

const columns = [
  'cursor',
  'startedAt',
  'answeredAt',
  'endedAt',
  'direction',
  'isMissed',
  'ringSeconds',
  'talkSeconds',
  'fromNumber',
  'fromName',
  'toNumber',
  'toName',
  'sources',
  'recordId',
  'detailId',
  'recordings',
  'legacyRecording',
] as const satisfies readonly (keyof ExportRow)[];

/** A spreadsheet takes what begins so for a formula. A number with a plus computes nothing but itself. */
const isFormula = (text: string): boolean =>
  /^[\s\p{Cc}]*[=+\-@＝＋－＠]/u.test(text) && !/^\+\d+$/.test(text);

/** A field of CSV (RFC 4180), which no spreadsheet runs. Lists are separated by blanks. */
const toField = (value: ExportRow[keyof ExportRow]): string => {
  const text = typeof value === 'object' ? (value?.join(' ') ?? '') : String(value);
  const safe = typeof value === 'string' && isFormula(text) ? `'${text}` : text;
  return /[",\p{Cc}]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const toLine = (kind: string, fields: Partial<ExportRow>, note = ''): string =>
  `${[kind, ...columns.map((column) => toField(fields[column] ?? null)), toField(note)].join(',')}\r\n`;

/** RFC 4180: a header, CRLF, and as many fields in each line. `kind` tells calls from the last line, whose `note` says how it ended. */
const csv: ExportFormat = {
  contentType: 'text/csv; charset=utf-8',
  head: `${['kind', ...columns, 'note'].join(',')}\r\n`,
  row: (row) => toLine('call', row),
  end: ({ calls, cursor, failure }) =>
    failure === null
      ? toLine('end', { ...(cursor !== null && { cursor }) }, `complete with ${calls} calls`)
      : toLine('broken', { ...(cursor !== null && { cursor }) }, `${failure.code} ${failure.message}`),
};

const ndjson: ExportFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  head: '',
  row: (row) => `${JSON.stringify({ kind: 'call', ...row })}\n`,
  end: ({ calls, cursor, failure }) =>
    `${JSON.stringify({ kind: failure === null ? 'end' : 'broken', cursor, calls, ...failure })}\n`,
};

/** The formats by the ending of their address. */
export const exportFormats = { csv, ndjson } as const;
