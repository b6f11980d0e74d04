import { encodeGlobalId } from '../global-id.ts';

/** Where recordings and files are; what follows is the `id` of one. */
export const RECORDINGS_PATH = '/recordings/';

/** Where the bytes of files go; what follows is the `id` of one. */
export const UPLOADS_PATH = '/uploads/';

/** The path under which this gateway streams the sound or file of an object; see the recordings route. */
export const mediaPathOf = (typename: string, key: string): string =>
  `${RECORDINGS_PATH}${encodeGlobalId(typename, key)}`;

/** The path under which this gateway takes the bytes of a file; see the uploads route. */
export const uploadPathOf = (typename: string, key: string): string =>
  `${UPLOADS_PATH}${encodeGlobalId(typename, key)}`;

/** What every field with such a path says of it. */
export const MEDIA_PATH = 'below its own address and for the same credentials as GraphQL; it takes ranges.';
