import { encodeGlobalId } from '../global-id.ts';

/** The path under which this gateway streams the sound or file of an object; see the recordings route. */
export const mediaPathOf = (typename: string, key: string): string =>
  `/recordings/${encodeGlobalId(typename, key)}`;

/** What every field with such a path says of it. */
export const MEDIA_PATH = 'below its own address and for the same credentials as GraphQL; it takes ranges.';
