/** Where a page starts: the number of upstream rows before it. */
export interface PageRequest {
  /** How many items are wanted, 1 to 100. */
  readonly first: number;
  readonly offset: number;
}

/** A part of an upstream list. Each item knows the offset of the row after it, so that a later page can start there. */
export interface Page<Model> {
  readonly items: readonly { readonly value: Model; readonly next: number }[];
  readonly hasNextPage: boolean;
  /** How many rows of no use to anybody it leaves out; none where absent. */
  readonly leftOut?: number;
}

/** The same in a list whose places have no number: `after` is the place of an item, as upstream wrote it. */
export interface PlacedPageRequest {
  readonly first: number;
  readonly after: string | null;
}

/** A part of such a list, each item with its place. */
export interface PlacedPage<Model> {
  readonly items: readonly { readonly value: Model; readonly place: string }[];
  readonly hasNextPage: boolean;
}

/** Rows as one upstream request gave them. */
export interface Rows<Model> {
  readonly rows: readonly Model[];
  /** Whether upstream may have more rows after these. */
  readonly more: boolean;
}

/** How many rows to ask for where rows are picked on our side. */
export const SCAN_ROWS = 1000;

/** How rows are picked on our side. */
export interface Pick<Model> {
  readonly keep: (row: Model) => boolean;
  /** Whether hardly any row is refused, so that a page can be had from little more than a page of rows. */
  readonly keepsMost?: boolean;
}

/** Whether upstream gave the page before once more, because it does not know how to skip. Going on would never end. */
const isRepeat = (rows: readonly unknown[], before: readonly unknown[]): boolean => {
  // Rows of no use look all the same.
  const [first, firstBefore] = [rows, before].map((list) => list.find((row) => row !== null));
  return before.length > 0 && rows.length > 0 && JSON.stringify(first) === JSON.stringify(firstBefore);
};

/**
 * Reads rows in as few requests as it takes to fill a page. Rows that are not picked do not count. One row more than
 * wanted is asked for, which tells whether there is a next page without another request. A row that is null is of no use
 * to anybody: it has its place in the list, and is left out of it.
 */
export const collectPage = async <Model>(
  request: PageRequest,
  read: (offset: number, count: number) => Promise<Rows<Model | null>>,
  pick?: Pick<Model>,
): Promise<Page<Model>> => {
  const wanted = request.first + 1;
  const countOf = (missing: number, isFirst: boolean) => {
    if (pick === undefined) return missing;
    return pick.keepsMost === true && isFirst ? missing + 1 : SCAN_ROWS;
  };
  const found: { value: Model; next: number }[] = [];
  let { offset } = request;
  let before: readonly (Model | null)[] = [];
  let leftOut = 0;
  const toPage = (hasNextPage: boolean): Page<Model> => ({
    items: hasNextPage ? found.slice(0, request.first) : found,
    hasNextPage,
    ...(leftOut > 0 && { leftOut }),
  });
  for (;;) {
    const { rows, more } = await read(offset, countOf(wanted - found.length, offset === request.offset));
    if (isRepeat(rows, before)) return toPage(false);
    before = rows;
    leftOut += rows.filter((row) => row === null).length;
    const start = offset;
    found.push(
      ...rows
        .map((value, index) => ({ value, next: start + index + 1 }))
        .filter(
          (row): row is { value: Model; next: number } =>
            row.value !== null && (pick === undefined || pick.keep(row.value)),
        ),
    );
    offset += rows.length;
    if (found.length >= wanted) return toPage(true);
    if (!more || rows.length === 0) return toPage(false);
  }
};

/** Every row of a list, in as few requests as upstream allows. */
export const collectAll = async <Model>(
  read: (offset: number, count: number) => Promise<Rows<Model | null>>,
): Promise<readonly Model[]> => {
  const all: Model[] = [];
  let offset = 0;
  let before: readonly (Model | null)[] = [];
  for (;;) {
    const { rows, more } = await read(offset, SCAN_ROWS);
    if (isRepeat(rows, before)) return all;
    before = rows;
    offset += rows.length;
    all.push(...rows.filter((row) => row !== null));
    if (!more || rows.length === 0) return all;
  }
};
