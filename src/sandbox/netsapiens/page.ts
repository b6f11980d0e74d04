import type { Switches } from '../switches.ts';
import type { Answer, Row } from './answer.ts';
import { Refusal } from './refusal.ts';
import { given, type Parameters } from './request.ts';

interface Selection {
  readonly parameters: Parameters;
  readonly switches: Readonly<Switches>;
  /** The columns there are; `fields` chooses among them. */
  readonly columns: readonly string[];
  /** The column that settles ties. */
  readonly key: string;
}

/** The parameters that `page` understands. */
export const pageParameters = ['fields', 'start', 'limit', 'sort'] as const;

/** Sorted, cut to a page, and narrowed to the wanted columns: what every `read` and `list` does last (facts §3.6). */
export const page = (rows: readonly Row[], { parameters, switches, columns, key }: Selection): Answer => {
  const start = wholeNumber(parameters, 'start') ?? 0;
  const limit = wholeNumber(parameters, 'limit') ?? Number.POSITIVE_INFINITY;
  const cap = switches.legacyRowCap === 0 ? Number.POSITIVE_INFINITY : switches.legacyRowCap;
  const wanted = chooseColumns(given(parameters, 'fields'), columns);
  const sorted = sortRows(rows, given(parameters, 'sort') ?? '', columns, key);
  return {
    kind: 'records',
    columns: wanted,
    rows: sorted.slice(start, start + Math.min(limit, cap)).map((row) => project(row, wanted)),
  };
};

/** anything but digits is refused. */
const wholeNumber = (parameters: Parameters, name: string): number | undefined => {
  const text = given(parameters, name);
  if (text !== undefined && !/^\d+$/.test(text)) throw new Refusal(400, `Invalid parameter: ${name}`);
  return text === undefined ? undefined : Number(text);
};

/** only what was asked for, in that order; unknown names are ignored. */
const chooseColumns = (fields: string | undefined, columns: readonly string[]): readonly string[] => {
  if (fields === undefined) return columns;
  return fields
    .split(',')
    .map((field) => field.trim())
    .filter((field) => columns.includes(field));
};

// A loop, because a whole domain is half a million values.
const project = (row: Row, columns: readonly string[]): Row => {
  const projected: Record<string, string> = {};
  for (const column of columns) projected[column] = row[column] ?? '';
  return projected;
};

/** `field [ASC|DESC]`, ties by key; without a known field the order of creation stays. */
const sortRows = (
  rows: readonly Row[],
  sort: string,
  columns: readonly string[],
  key: string,
): readonly Row[] => {
  const [field = '', direction = 'asc'] = sort.trim().split(/\s+/);
  if (!columns.includes(field)) return rows;
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
  return rows.toSorted(
    (one, other) => sign * compare(one[field], other[field]) || compare(one[key], other[key]),
  );
};

/** As text and without case, the way the platform's database does it. */
const compare = (one = '', other = ''): number => {
  const left = one.toLowerCase();
  const right = other.toLowerCase();
  if (left === right) return 0;
  return left < right ? -1 : 1;
};
