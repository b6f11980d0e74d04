import type { Reply } from '../exchange.ts';
import type { Switches } from '../switches.ts';
import type { Format } from './request.ts';
import { toElement, toEnvelope } from './xml.ts';

export type Row = Readonly<Record<string, string>>;

/** What an operation gives back, before anybody asks how it is written. */
export type Answer =
  | { readonly kind: 'records'; readonly rows: readonly Row[]; readonly columns: readonly string[] }
  | { readonly kind: 'total'; readonly total: number }
  | { readonly kind: 'accepted' };

/** Writes an answer the way the caller asked for it, in the shape and typing the switches choose. */
export const render = (
  answer: Answer,
  element: string,
  format: Format,
  switches: Readonly<Switches>,
): Reply => {
  // §3.3: a write is accepted, not done, and says nothing.
  if (answer.kind === 'accepted') return { status: 202, headers: { 'content-type': 'text/plain' }, body: '' };
  if (answer.kind === 'total') {
    const total = String(answer.total);
    return format === 'xml'
      ? xmlReply(`<xml>${toElement('total', total)}</xml>`)
      : jsonReply({ total: toTyped(total, switches) }, switches);
  }
  if (answer.rows.length === 0) return renderEmpty(answer.columns, element, format, switches);
  return format === 'xml'
    ? xmlReply(toEnvelope(element, answer.rows))
    : jsonReply(
        shape(
          answer.rows.map((row) => toTypedRow(row, switches)),
          switches,
        ),
        switches,
      );
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
    : Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toTyped(value, switches)]));

const shape = (records: readonly object[], switches: Readonly<Switches>): unknown => {
  if (switches.legacyRecords === 'indexed-object') return Object.fromEntries(records.entries());
  return switches.legacyRecords === 'bare-when-single' && records.length === 1 ? records[0] : records;
};

/** Nothing found, in one of the four ways seen (facts §3.5, A-20). */
const renderEmpty = (
  columns: readonly string[],
  element: string,
  format: Format,
  switches: Readonly<Switches>,
): Reply => {
  const nulls = Object.fromEntries(columns.map((column) => [column, null]));
  const empty = {
    array: { xml: [], json: [] },
    object: { xml: [], json: {} },
    blank: { xml: [], json: [] },
    'null-record': { xml: [nulls], json: shape([nulls], switches) },
  }[switches.legacyEmpty];
  const written =
    format === 'xml' ? xmlReply(toEnvelope(element, empty.xml)) : jsonReply(empty.json, switches);
  return switches.legacyEmpty === 'blank' ? { ...written, body: '' } : written;
};
