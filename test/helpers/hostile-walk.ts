import { guid } from '../../src/sandbox/company.ts';
import type { LoggedRequest } from '../../src/sandbox/requests.ts';
import { callOf } from './call.ts';
import { exampleOf, fieldExamples } from './example.ts';
import { globalId } from './global-id.ts';
import { ACME } from './legacy.ts';
import { isWrite } from './write.ts';
import { withText, type TextArgument } from './text-argument.ts';

interface Answer {
  readonly data?: unknown;
  readonly errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
}

/** Sends operations and tells what they made the gateway ask upstream. */
export interface Target {
  send(query: string, variables: object, requestId: string): Promise<Answer>;
  /** The requests since the last call. */
  take(): Promise<readonly LoggedRequest[]>;
}

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

/** Of the types that no example has an id of. */
const otherIds = [
  globalId('cloudlink', 'Account', guid(1, 1)),
  globalId('cloudlink', 'Site', `${guid(1, 1)}/${guid(5, 1)}`),
  globalId('subscriber', 'CallDetail', `${ACME}/20240201abcd01 1706778902`),
  globalId('subscriber', 'CallDetailRecording', `${ACME}/c1@203.0.113.9 c1t`),
  globalId('subscriber', 'CallQueue', `${ACME}/800`),
  globalId('subscriber', 'TextSession', `${ACME}/1001 meeting-morning`),
  globalId('both', 'Person', `${guid(1, 1)}/${guid(2, 2)},${ACME}/1002`),
];

/** An id of every type. */
const knownIds = [
  ...new Map(
    [...otherIds, ...fieldExamples.flatMap(({ args }) => textsIn(args))].flatMap((id) => {
      const parts = decode(id);
      return parts === null ? [] : [[parts[1], id] as const];
    }),
  ).values(),
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

/** What a walk has to be told of an argument that no example shows. */
export interface Hint {
  /** The other arguments, in place of those of an example. */
  readonly base?: Readonly<Record<string, unknown>>;
  /** Where the field is to be found, for one that is not at the top. */
  readonly around?: (call: string) => string;
}

const valueAt = (value: unknown, [step, ...rest]: readonly string[]): unknown =>
  step === undefined
    ? value
    : valueAt(typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined, rest);

/**
 * The ways in which to write into an argument: as a text, or into the id that an example has there, or into one of each
 * type. Where the first of a group is not taken, neither are the others.
 */
const shapesOf = (
  { isId, parent, field, path }: TextArgument,
  { base }: Hint,
): readonly (readonly Shape[])[] => {
  if (!isId) return shapes.map((shape) => [shape]);
  const shown = valueAt(base ?? exampleOf(`${parent}.${field}`), path);
  return (typeof shown === 'string' ? [shown] : knownIds).map(idShapes);
};

/** Requests as pairs of a place and what is there, in an order that the time of their coming does not decide. */
type Trace = ReadonlyMap<string, string>;

const entriesOf = (place: string, value: unknown): readonly (readonly [string, string])[] => {
  if (typeof value === 'string' && value.startsWith('{')) {
    try {
      return entriesOf(`${place}!`, JSON.parse(value));
    } catch {
      return [[place, value]];
    }
  }
  if (typeof value === 'object' && value !== null)
    return [
      [place, Array.isArray(value) ? '[]' : '{}'],
      ...Object.entries(value).flatMap(([name, inner]) => entriesOf(`${place}.${name}`, inner)),
    ];
  return [[place, String(value)]];
};

/** Names of parameters stand in the places, so that one too many, one too few and one elsewhere all show. */
const parameters = (place: string, text: string) =>
  [...new URLSearchParams(text)].flatMap(([name, value], index) =>
    entriesOf(`${place}${index}:${name}`, value),
  );

const contentOf = ({ body, headers }: LoggedRequest) => {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return entriesOf('json', JSON.parse(body));
  return type.includes('urlencoded') ? parameters('form', body) : [['body', body] as const];
};

const nameOf = ({ method, route, object, action }: LoggedRequest) => route ?? `${method} ${object} ${action}`;

const toTrace = (requests: readonly LoggedRequest[]): Trace =>
  new Map(
    requests
      .toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
      .flatMap((request, index) => {
        const [path = '', query = ''] = request.url.split('?', 2);
        const entries: readonly (readonly [string, string])[] = [
          ['name', nameOf(request)],
          ...path.split('/').map((segment, place) => [`path${place}`, decodeURIComponent(segment)] as const),
          ...parameters('query', query),
          ...contentOf(request),
        ];
        return entries.map(([place, value]) => [`${index} ${place}`, value] as const);
      }),
  );

/** What became of one text. */
interface Sent {
  readonly text: string;
  readonly answer: Answer | undefined;
  readonly trace: Trace;
  readonly hasWrite: boolean;
}

const send = async (
  target: Target,
  argument: TextArgument,
  shape: Shape,
  texts: readonly string[],
  { base, around = plainly }: Hint,
): Promise<readonly Sent[]> => {
  const answers = new Map<string, Answer>();
  const waiting = [...texts.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, text] = next;
      const { query, variables } = callOf(
        argument.parent,
        argument.field,
        withText(argument, shape.encode(text), base),
        around,
      );
      answers.set(`walk-${index}`, await target.send(query, variables, `walk-${index}`));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  const requests = Map.groupBy(await target.take(), ({ headers }) => String(headers['x-request-id']));
  return texts.map((text, index) => {
    const own = requests.get(`walk-${index}`) ?? [];
    return { text, answer: answers.get(`walk-${index}`), trace: toTrace(own), hasWrite: own.some(isWrite) };
  });
};

const isRefusal = (answer: Answer | undefined): boolean =>
  JSON.stringify(answer?.data ?? null).includes('"Rejection"') ||
  (answer?.errors ?? []).some(({ extensions }) => extensions['code'] === 'BAD_USER_INPUT');

const isBroken = (answer: Answer | undefined): boolean =>
  answer === undefined ||
  answer.errors.some(({ extensions }) => extensions['code'] === 'INTERNAL_SERVER_ERROR');

/** What a plain trace is when another text stands in the place of its mark; in a filter, as an OData literal. */
const replaced = (plain: Trace, mark: string, text: string): Trace =>
  new Map(
    [...plain].map(([place, value]) => [
      place.replaceAll(mark, () => text),
      value.replaceAll(mark, () => (place.endsWith(':$filter') ? text.replaceAll("'", "''") : text)),
    ]),
  );

const differences = (actual: Trace, expected: Trace, free: ReadonlySet<string>): readonly string[] =>
  [...new Set([...actual.keys(), ...expected.keys()])].filter((place) =>
    free.has(place) ? actual.has(place) !== expected.has(place) : actual.get(place) !== expected.get(place),
  );

/** What is asked upstream to get to the field: all that is asked where it is refused. */
const traceAround = async (target: Target, { around }: Hint): Promise<Trace> => {
  if (around === undefined) return new Map();
  await target.send(`{ ${around('__typename')} }`, {}, 'around');
  return toTrace(await target.take());
};

export interface Miss {
  readonly argument: string;
  readonly text: string;
  readonly places: readonly string[];
}

export interface Walked {
  /** In how many ways a harmless text is taken; without one the argument has not been tried at all. */
  readonly shapes: number;
  readonly sent: number;
  readonly refused: number;
  readonly misses: readonly Miss[];
}

/**
 * Writes hostile texts into an argument and compares what is asked upstream with what a harmless text in the same place
 * asks: the same requests with the same parameters, each text letter by letter where the harmless one was, or nothing.
 */
export const walkArgument = async (
  target: Target,
  argument: TextArgument,
  texts: readonly string[],
  hint: Hint = {},
): Promise<Walked> => {
  const outer = await traceAround(target, hint);
  const walked = { shapes: 0, sent: 0, refused: 0, misses: [] as Miss[] };

  /** Whether the shape is taken at all; then with all that went wrong in it. */
  const tryShape = async (shape: Shape): Promise<boolean> => {
    const [plain, again] = await send(target, argument, shape, [shape.mark, shape.mark], hint);
    if (plain === undefined || again === undefined) return false;
    // Every write is refused here, so that only what was sent tells whether it was refused before.
    const isMarked = [...plain.trace.values()].some((value) => value.includes(shape.mark));
    const isTaken = argument.parent === 'Mutation' ? plain.hasWrite || isMarked : !isRefusal(plain.answer);
    if (!isTaken) return false;
    // What differs between two equal calls, such as an id that is made anew, says nothing.
    const free = new Set(differences(plain.trace, again.trace, new Set()));
    const findMisses = ({ text, answer, trace }: Sent): readonly string[] => {
      if (isBroken(answer)) return ['a fault of the gateway'];
      const value = shape.decode(text);
      const isPart = (place: string) => {
        // What is empty may also be left out.
        const part = trace.get(place) ?? (value === '' ? '' : undefined);
        return plain.trace.has(place) && part !== undefined && shape.hasPart?.(text, part) === true;
      };
      const tries = [value, value.trim()].map((sent) =>
        differences(trace, replaced(plain.trace, shape.mark, sent), free).filter((place) => !isPart(place)),
      );
      return tries.find(({ length }) => length === 0) ?? tries[0] ?? [];
    };
    const written = texts.map((text, index) => (index % 2 === 0 ? text : shape.around(text)));
    for (const sent of await send(target, argument, shape, written, hint)) {
      const isRefused = isRefusal(sent.answer) && differences(sent.trace, outer, new Set()).length === 0;
      walked[isRefused ? 'refused' : 'sent'] += 1;
      const places = isRefused ? [] : findMisses(sent);
      if (places.length > 0) walked.misses.push({ argument: argument.name, text: sent.text, places });
    }
    walked.shapes += 1;
    return true;
  };

  for (const [first, ...others] of shapesOf(argument, hint)) {
    if (first === undefined || !(await tryShape(first))) continue;
    for (const other of others) await tryShape(other);
    if (!argument.isId) break;
  }
  return walked;
};
