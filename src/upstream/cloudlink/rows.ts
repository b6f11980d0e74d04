import type { Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import type { Http } from '../http.ts';

/**
 * The items of a collection in our words, null for one that cannot be read, such as one without its id: a single odd
 * row does not take its page with it, and is warned of. Throws where none of them can be read.
 */
export const toRows = <Model>(
  http: Http,
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
