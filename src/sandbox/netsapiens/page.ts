import type { Switches } from '../switches.ts';
import { toText, type Answer, type Cell, type Row } from './answer.ts';
import { Refusal } from './refusal.ts';
import { given, type Parameters } from './request.ts';

interface Selection {
  readonly parameters: Parameters;
  readonly switches: Readonly<Switches>;
  /** The columns there are; `fields` chooses among them. */
  readonly columns: readonly string[];
  /** The column that settles ties. */
  readonly key: string;
  /** How to sort, where it is not what `sort` says: some objects call it `order`. */
  readonly sort?: string | undefined;
}

/** The parameters that `page` understands. */
export const pageParameters = ['fields', 'start', 'limit', 'sort'] as const;

/** Sorted, cut to a page, and narrowed to the wanted columns: what every `read` and `list` does last (facts §3.6). */
export const page = (
  rows: readonly Row[],
  { parameters, switches, columns, key, sort }: Selection,
): Answer => {
  const { start, limit } = readSlice(parameters, switches);
  const wanted = chooseColumns(given(parameters, 'fields'), columns);
  const sorted = sortRows(rows, sort ?? given(parameters, 'sort') ?? '', columns, key);
  return {
    kind: 'records',
    columns: wanted,
    rows: sorted.slice(start, start + limit).map((row) => project(row, wanted)),
  };
};

/** Where a page starts and how many rows it has at most: what was asked for, and never more than the cap. */
export const readSlice = (
  parameters: Parameters,
  switches: Readonly<Switches>,
  defaultLimit = Number.POSITIVE_INFINITY,
): { readonly start: number; readonly limit: number } => {
  const cap = switches.legacyRowCap === 0 ? Number.POSITIVE_INFINITY : switches.legacyRowCap;
  const limit = wholeNumber(parameters, 'limit') ?? defaultLimit;
  return { start: wholeNumber(parameters, 'start') ?? 0, limit: Math.min(limit, cap) };
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
  const projected: Record<string, Cell> = {};
  for (const column of columns) projected[column] = row[column] === undefined ? '' : row[column];
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
const compare = (one: Cell | undefined, other: Cell | undefined): number => {
  const left = toText(one).toLowerCase();
  const right = toText(other).toLowerCase();
  if (left === right) return 0;
  return left < right ? -1 : 1;
};
