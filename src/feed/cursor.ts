import { FollowError } from './follow-error.ts';

/** So much of a feed's name tells the feeds of one subscription apart. */
const NAME_LENGTH = 8;

/** The places in all feeds of a subscription as one text. */
export const joinCursor = (places: ReadonlyMap<string, string>): string =>
  [...places]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([feed, place]) => `${feed.slice(0, NAME_LENGTH)}.${place}`)
    .join('~');

/** The places that a text names. Throws a {@link FollowError} for one of another subscription, or of another principal. */
export const splitCursor = (cursor: string, feeds: readonly string[]): ReadonlyMap<string, string> => {
  const parts = cursor.split('~');
  const places = new Map(
    parts.map((part) => {
      const dot = part.indexOf('.');
      return [part.slice(0, dot), part.slice(dot + 1)] as const;
    }),
  );
  return new Map(
    feeds.map((feed) => {
      const place = places.get(feed.slice(0, NAME_LENGTH));
      if (place === undefined || place === '' || parts.length !== feeds.length)
        throw new FollowError('CURSOR_UNKNOWN', null);
      return [feed, place];
    }),
  );
};
