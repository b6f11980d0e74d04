import type { Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';

/** Whoever is told of what was left out. */
export type Warner = Pick<Http, 'warn'>;

/**
 * The items of a collection in our words, null for one that cannot be read, such as one without its id: a single odd
 * row does not take its page with it, and is warned of. Throws where none of them can be read.
 */
export const toRows = <Model>(
  http: Warner,
  items: readonly Resource[],
  toModel: (resource: Resource) => Model,
): readonly (Model | null)[] => {
  const odd: UpstreamError[] = [];
  const rows = items.map((item) => {
    try {
      return toModel(item);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      odd.push(error);
      return null;
    }
  });
  const [first] = odd;
  if (first !== undefined) {
    if (odd.length === items.length) throw first;
    http.warn(`${first.message} What cannot be named is left out of its list.`);
  }
  return rows;
};

/**
 * The same for what is embedded in another resource, which must not go with it: those that can be read, or null where
 * none can, so that they are asked for themselves, and fail in their own place.
 */
export const toRowsIfAny = <Model>(
  http: Warner,
  items: readonly Resource[],
  toModel: (resource: Resource) => Model,
): readonly Model[] | null => {
  try {
    return toRows(http, items, toModel).filter((row) => row !== null);
  } catch (error) {
    if (error instanceof UpstreamError) return null;
    throw error;
  }
};
