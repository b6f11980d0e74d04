import type { ExportRow } from './export-row.ts';

/** How an export ended: whether it holds everything, and where it would go on. */
export interface ExportEnd {
  readonly calls: number;
  readonly cursor: string | null;
  /** Why it broke off; null where it was read to its end. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** What had to be left out on the way, a sentence each. */
  readonly warnings: readonly string[];
}

/** A way to write calls down: lines of several kinds, of which the last says whether it is all. */
export interface ExportFormat {
  readonly contentType: string;
  readonly head: string;
  readonly row: (row: ExportRow) => string;
  /** A line for how far was looked without finding more, from which the export can go on. */
  readonly progress: (cursor: string) => string;
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

/** What the last line is: a name of its own for each way to end, so that nobody takes a part for the whole. */
const kindOf = ({ failure, warnings }: ExportEnd): 'end' | 'incomplete' | 'broken' => {
  if (failure !== null) return 'broken';
  return warnings.length > 0 ? 'incomplete' : 'end';
};

const noteOf = ({ calls, failure, warnings }: ExportEnd): string => {
  if (failure !== null) return `${failure.code} ${failure.message}`;
  return warnings.length > 0 ? `${calls} calls. ${warnings.join(' ')}` : `complete with ${calls} calls`;
};

/** RFC 4180: a header, CRLF, and as many fields in each line. `kind` tells calls from other lines, whose `note` says more. */
const csv: ExportFormat = {
  contentType: 'text/csv; charset=utf-8',
  head: `${['kind', ...columns, 'note'].join(',')}\r\n`,
  row: (row) => toLine('call', row),
  progress: (cursor) => toLine('progress', { cursor }),
  end: (end) => toLine(kindOf(end), { ...(end.cursor !== null && { cursor: end.cursor }) }, noteOf(end)),
};

const ndjson: ExportFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  head: '',
  row: (row) => `${JSON.stringify({ kind: 'call', ...row })}\n`,
  progress: (cursor) => `${JSON.stringify({ kind: 'progress', cursor })}\n`,
  end: (end) => {
    const { calls, cursor, failure, warnings } = end;
    const left = warnings.length > 0 && { warnings };
    return `${JSON.stringify({ kind: kindOf(end), cursor, calls, ...failure, ...left })}\n`;
  },
};

/** The formats by the ending of their address. */
export const exportFormats = { csv, ndjson } as const;
