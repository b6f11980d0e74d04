import { guid } from '../../src/sandbox/company.ts';
import { exampleOf, fieldExamples } from './example.ts';
import { globalId } from './global-id.ts';
import { ACME } from './legacy.ts';
import type { TextArgument } from './text-argument.ts';

/** How a client writes a text into an argument: what stands for a harmless one, and around a hostile one. */
export interface Shape {
  readonly mark: string;
  readonly encode: (text: string) => string;
  /** What upstream should see of a text. */
  readonly decode: (text: string) => string;
  /** Whether this is a part of the text, where it may be taken apart in another way than the harmless one. */
  readonly hasPart?: (text: string, part: string) => boolean;
  /** A harmless text with a hostile one inside, which gets past more checks. */
  readonly around: (text: string) => string;
}

const plainly = (text: string) => text;
const inside = (mark: string, around: (text: string) => string): Shape => ({
  mark,
  encode: plainly,
  decode: plainly,
  around,
});

/** From the freest to the strictest: an argument is asked in the first of these that it takes. */
const shapes: readonly Shape[] = [
  inside('Zq7mark', (text) => `Zq${text}7`),
  inside('15557770077', (text) => `1555${text}77`),
  inside('7', (text) => `7${text}`),
  // A name that upstream has as two is sent in two parts.
  {
    ...inside('zq7mark@example.test', (text) => `zq${text}@example.test`),
    hasPart: (text, part) => text.split('@').some((piece) => [piece, piece.trim()].includes(part)),
  },
  inside('https://example.test/Zq7mark', (text) => `https://example.test/${text}`),
  inside('00:5e:10:00:7a:7b', (text) => `00:5e:10:00:7a:7b${text}`),
  inside('America/Halifax', (text) => `America/${text}`),
  inside('text/zq7mark', (text) => `text/${text}`),
  inside('audio/ogg', (text) => `audio/${text}`),
  inside('zq-ZQ', (text) => `zq-${text}`),
  inside('100200377', (text) => `10020037${text}`),
  inside('1007@acme.12345.service', (text) => `${text}@acme.12345.service`),
  {
    mark: 'Zq7mark',
    encode: (text) => Buffer.from(text).toString('base64'),
    decode: (text) => text.toWellFormed(),
    around: (text) => `Zq${text}7`,
  },
];

const decode = (id: string): readonly [platform: string, type: string, key: string] | null => {
  const [platform = '', type = '', ...key] = Buffer.from(id, 'base64url').toString('utf8').split(':');
  return /^(cloudlink|subscriber|both)$/.test(platform) && key.length > 0
    ? [platform, type, key.join(':')]
    : null;
};

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** Of the types that no example has an id of, and of a colleague in a book, who is read in another way than a contact. */
const otherIds = [
  globalId('cloudlink', 'Account', guid(1, 1)),
  globalId('cloudlink', 'Site', `${guid(1, 1)}/${guid(5, 1)}`),
  globalId('subscriber', 'CallDetail', `${ACME}/20240201abcd01 1706778902`),
  globalId('subscriber', 'CallDetailRecording', `${ACME}/c1@203.0.113.9 c1t`),
  globalId('subscriber', 'CallQueue', `${ACME}/800`),
  globalId('subscriber', 'DirectoryContact', `${ACME}/@1002@${ACME}/1001`),
  globalId('subscriber', 'TextSession', `${ACME}/1001 meeting-morning`),
  globalId('both', 'Person', `${guid(1, 1)}/${guid(2, 2)},${ACME}/1002`),
];

/** An id of every type, and those beside it by which something else is asked. */
const knownIds = [
  ...new Set([
    ...otherIds,
    ...new Map(
      fieldExamples
        .flatMap(({ args }) => textsIn(args))
        .flatMap((id) => {
          const parts = decode(id);
          return parts === null ? [] : [[parts[1], id] as const];
        }),
    ).values(),
  ]),
];

/** An id as it is, and the ids of its type whose key holds the text: at its end, at its beginning. */
const idShapes = (id: string): readonly Shape[] => {
  const [platform, type, key] = decode(id) ?? [];
  if (platform === undefined || type === undefined || key === undefined) return [];
  const forge = (keyWith: (text: string) => string): Shape => ({
    mark: 'Zq7mark',
    encode: (text) => globalId(platform, type, keyWith(text)),
    // An id is of bytes, which hold no half of a surrogate pair.
    decode: (text) => text.toWellFormed(),
    // Slashes and blanks in the text make another key of the same type. It is sent in the same parameters, and whole.
    hasPart: (text, part) => part.split('@').every((piece) => keyWith(text.toWellFormed()).includes(piece)),
    around: (text) => `Zq${text}7`,
  });
  const end = key.search(/[^/ ,]*$/);
  const start = key.search(/[/ ,]|$/);
  return [
    { mark: id, encode: plainly, decode: plainly, around: plainly },
    forge((text) => `${key.slice(0, end)}${text}`),
    ...(start < end ? [forge((text) => `${text}${key.slice(start)}`)] : []),
  ];
};

const valueAt = (value: unknown, [step, ...rest]: readonly string[]): unknown =>
  step === undefined
    ? value
    : valueAt(typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined, rest);

/**
 * The ways in which to write into an argument: as a text, or into the id that an example has there, or into one of each
 * type. Where the first of a group is not taken, neither are the others.
 */
export const shapesOf = (
  { isId, parent, field, path }: TextArgument,
  base: Readonly<Record<string, unknown>> | undefined,
): readonly (readonly Shape[])[] => {
  if (!isId) return shapes.map((shape) => [shape]);
  const shown = valueAt(base ?? exampleOf(`${parent}.${field}`), path);
  return (typeof shown === 'string' ? [shown] : knownIds).map(idShapes);
};
