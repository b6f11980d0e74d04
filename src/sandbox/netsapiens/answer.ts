import type { Reply } from '../exchange.ts';
import type { Switches } from '../switches.ts';
import type { Format } from './request.ts';
import { toElement, toEnvelope } from './xml.ts';

/** What stands in a column: text, nothing at all, or a record of its own (facts §5.5). */
export type Cell = string | null | Row;
export interface Row {
  readonly [column: string]: Cell;
}

/** A column as text; empty where it holds anything else. */
export const toText = (cell: Cell | undefined): string => (typeof cell === 'string' ? cell : '');

/** What an operation gives back, before anybody asks how it is written. */
export type Answer =
  | Records
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'totals'; readonly totals: Readonly<Record<string, string>> }
  | { readonly kind: 'done' }
  | { readonly kind: 'accepted' };

interface Records {
  readonly kind: 'records';
  readonly rows: readonly Row[];
  readonly columns: readonly string[];
  /** The object's own form of nothing, where it is known to have one; a switch that is turned overrules it. */
  readonly empty?: Switches['legacyEmpty'];
  /** Set where the object gives the one record without an array. */
  readonly isBare?: boolean;
  /** Set where it is not 200: some creates give data back (facts §3.3). */
  readonly status?: number;
}

export const total = (count: number): Answer => ({ kind: 'totals', totals: { total: String(count) } });

const plain = (status: number): Reply => ({ status, headers: { 'content-type': 'text/plain' }, body: '' });

/** Writes an answer the way the caller asked for it, in the shape and typing the switches choose. */
export const render = (
  answer: Answer,
  element: string,
  format: Format,
  switches: Readonly<Switches>,
): Reply => {
  // §3.3: a write is accepted, not done, and says nothing; what is done at once says nothing either.
  if (answer.kind === 'accepted') return plain(202);
  if (answer.kind === 'done') return plain(200);
  if (answer.kind === 'totals') {
    const { totals } = answer;
    return format === 'xml'
      ? xmlReply(
          `<xml>${Object.entries(totals)
            .map(([name, value]) => toElement(name, value))
            .join('')}</xml>`,
        )
      : jsonReply(toTypedRow(totals, switches), switches);
  }
  if (answer.kind === 'names') return renderNames(answer.names, element, format, switches);
  if (answer.rows.length === 0) return renderEmpty(answer, element, format, switches);
  return { ...renderRows(answer, element, format, switches), status: answer.status ?? 200 };
};

const renderRows = (
  { rows, isBare = false }: Records,
  element: string,
  format: Format,
  switches: Readonly<Switches>,
): Reply => {
  if (format === 'xml') return xmlReply(toEnvelope(element, rows));
  const records = rows.map((row) => toTypedRow(row, switches));
  return jsonReply(isBare ? records[0] : shape(records, switches), switches);
};

/** Numeric-looking text becomes a number in newer builds, whatever it meant: `0012` turns into 12 (facts §3.4). */
export const toTyped = (text: string, switches: Readonly<Switches>): string | number => {
  if (switches.legacyTyping === 'strings' || !/^[+-]?\d+(\.\d+)?$/.test(text)) return text;
  return Number(text);
};

export const jsonReply = (value: unknown, switches: Readonly<Switches>): Reply => ({
  status: 200,
  headers: { 'content-type': switches.legacyMislabelJson ? 'text/html; charset=UTF-8' : 'application/json' },
  body: JSON.stringify(value),
});

export const xmlReply = (body: string): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/xml; charset=UTF-8' },
  body,
});

const toTypedRow = (row: Row, switches: Readonly<Switches>): object =>
  switches.legacyTyping === 'strings'
    ? row
    : Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, toTypedCell(cell, switches)]));

const toTypedCell = (cell: Cell, switches: Readonly<Switches>): unknown => {
  if (cell === null) return null;
  return typeof cell === 'string' ? toTyped(cell, switches) : toTypedRow(cell, switches);
};

const shape = (records: readonly unknown[], switches: Readonly<Switches>): unknown => {
  if (switches.legacyRecords === 'indexed-object') return Object.fromEntries(records.entries());
  return switches.legacyRecords === 'bare-when-single' && records.length === 1 ? records[0] : records;
};

const renderNames = (
  names: readonly string[],
  element: string,
  format: Format,
  switches: Readonly<Switches>,
): Reply => {
  const columns = [element];
  if (names.length === 0)
    return renderEmpty({ kind: 'records', rows: [], columns }, element, format, switches);
  return format === 'xml'
    ? xmlReply(`<xml>${names.map((name) => toElement(element, name)).join('')}</xml>`)
    : jsonReply(shape(names, switches), switches);
};

/** Nothing found, in one of the four ways seen (facts §3.5, A-20). */
const renderEmpty = (
  { columns, empty: own }: Records,
  element: string,
  format: Format,
  switches: Readonly<Switches>,
): Reply => {
  const nulls = Object.fromEntries(columns.map((column) => [column, null]));
  const form = switches.legacyEmpty === 'array' ? (own ?? 'array') : switches.legacyEmpty;
  const empty = {
    array: { xml: [], json: [] },
    object: { xml: [], json: {} },
    blank: { xml: [], json: [] },
    'null-record': { xml: [nulls], json: shape([nulls], switches) },
  }[form];
  const written =
    format === 'xml' ? xmlReply(toEnvelope(element, empty.xml)) : jsonReply(empty.json, switches);
  return form === 'blank' ? { ...written, body: '' } : written;
};
