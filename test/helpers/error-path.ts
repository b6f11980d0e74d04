import type { Answer } from './gateway.ts';

/** The path of every field that errors left empty: an error that is the cause of several names all of them. */
export const pathsOf = (errors: Answer['errors']): readonly (readonly (string | number)[])[] =>
  errors.flatMap(({ path, extensions }) => extensions['paths'] ?? (path === undefined ? [] : [path]));
