import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** One import of one file of `src/`. */
export interface Import {
  /** Where it is written, such as `schema/user.ts`. */
  readonly file: string;
  readonly line: number;
  /** A file of `src/`, or the name of a package such as `got` or `node:http`. */
  readonly target: string;
  /** Whether it is gone when the types are stripped. */
  readonly isType: boolean;
}

const source = new URL('../../src/', import.meta.url);

/** Every file of `src/`, such as `schema/user.ts`. */
export const sourceFiles: readonly string[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .toSorted();

export const readSource = (file: string): string => readFileSync(new URL(file, source), 'utf8');

const statement =
  /^(?:import|export)\s+(?:(type)\s+)?([^;'"]*?)\s*from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** Whether every name between the braces is marked as a type of its own. */
const holdsTypesOnly = (clause: string) => {
  const names = /^\{([^}]*)\}$/
    .exec(clause.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim());
  return names?.every((name) => name === '' || name.startsWith('type ')) ?? false;
};

/** `@pothos/core/x` belongs to the package `@pothos/core`, `node:timers/promises` is itself. */
const packageOf = (specifier: string) =>
  specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');

/** The imports in a text, as if it were the file of this name. */
export const parseImports = (file: string, text: string): readonly Import[] =>
  [...text.matchAll(statement)].map((match) => {
    const [, type, clause = '', from, bare, lazy] = match;
    const specifier = from ?? bare ?? lazy ?? '';
    return {
      file,
      line: text.slice(0, match.index).split('\n').length,
      target: specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : packageOf(specifier),
      isType: type !== undefined || (from !== undefined && holdsTypesOnly(clause)),
    };
  });

/** Every import of `src/`. */
export const sourceImports: readonly Import[] = sourceFiles.flatMap((file) =>
  parseImports(file, readSource(file)),
);
