import type { Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { collectAll, collectPage, SCAN_ROWS, type Page, type PageRequest, type Rows } from '../page.ts';
import { readCollection } from './reply.ts';
import { toRows } from './rows.ts';

/** A CloudLink list: where it is and what its items are in our words. */
export interface CollectionOptions<Model> {
  readonly path: readonly string[];
  readonly toModel: (resource: Resource) => Model;
  readonly filter?: string | undefined;
  /** Options beside those of every list, such as `$orderby`. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Asks upstream again even where the same page was answered before. */
  readonly isFresh?: boolean;
}

const createRead =
  <Model>(
    http: Http,
    { path, toModel, filter, query: options = {}, isFresh = false }: CollectionOptions<Model>,
  ) =>
  async (offset: number, count: number): Promise<Rows<Model | null>> => {
    const query = {
      $top: String(count),
      ...(offset > 0 && { $skip: String(offset) }),
      ...(filter !== undefined && { $filter: filter }),
      ...options,
    };
    const reply = await http.send({ method: 'GET', path, query, effect: 'read', isFresh });
    const { items, more } = readCollection(reply);
    return { rows: toRows(http, items, toModel), more };
  };

/** One page of a list; `keep` picks on our side what upstream cannot filter. */
export const getPage = <Model>(
  http: Http,
  options: CollectionOptions<Model>,
  page: PageRequest,
  keep?: (model: Model) => boolean,
): Promise<Page<Model>> => collectPage(page, createRead(http, options), keep && { keep });

export const getAll = <Model>(http: Http, options: CollectionOptions<Model>): Promise<readonly Model[]> =>
  collectAll(createRead(http, options));

/** As much of a list as upstream gives in one answer, and whether there is more. */
export const getHead = async <Model>(http: Http, options: CollectionOptions<Model>): Promise<Rows<Model>> => {
  const { rows, more } = await createRead(http, options)(0, SCAN_ROWS);
  return { rows: rows.filter((row) => row !== null), more };
};
