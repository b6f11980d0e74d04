import type { Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import type { PlacedPage, PlacedPageRequest } from '../page.ts';
import { readCollection, readNextToken } from './reply.ts';
import { toRows } from './rows.ts';

/** A list that upstream pages by `$skiptoken` (facts §3.4). */
export interface PlacedCollectionOptions<Model> {
  readonly path: readonly string[];
  readonly toModel: (resource: Resource) => Model;
  readonly query?: Readonly<Record<string, string>>;
}

/** `{items to pass over}.{token}`: a token leads to where a page of upstream began, the number to an item in it. */
export const PLACE = /^(?:0|[1-9]\d{0,3})\.[\w.~%+/=-]{0,1024}$/;

const readPlace = (place: string | null): { readonly passed: number; readonly token: string } => {
  if (place === null) return { passed: 0, token: '' };
  const dot = place.indexOf('.');
  return { passed: Number(place.slice(0, dot)), token: place.slice(dot + 1) };
};

/**
 * One page in one request. Tokens hold their place whatever comes at the head of the list. Upstream has a `next` link
 * after every full page, so that `hasNextPage` may be true at the very end of a list (facts §3.3).
 */
export const getPlacedPage = async <Model>(
  http: Http,
  { path, toModel, query = {} }: PlacedCollectionOptions<Model>,
  { first, after }: PlacedPageRequest,
): Promise<PlacedPage<Model>> => {
  const { passed, token } = readPlace(after);
  const page = { $top: String(passed + first), ...(token !== '' && { $skiptoken: token }) };
  const reply = await http.send({ method: 'GET', path, query: { ...query, ...page }, effect: 'read' });
  const { items, more } = readCollection(reply);
  const next = more ? readNextToken(reply) : null;
  const placeOf = (index: number) =>
    next !== null && index === items.length - 1 ? `0.${next}` : `${index + 1}.${token}`;
  return {
    items: toRows(http, items, toModel)
      .map((value, index) => ({ value, place: placeOf(index) }))
      .slice(passed, passed + first)
      .filter((row): row is { value: NonNullable<typeof row.value>; place: string } => row.value !== null),
    hasNextPage: more,
  };
};
