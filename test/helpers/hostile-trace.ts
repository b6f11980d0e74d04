import type { LoggedRequest } from '../../src/sandbox/requests.ts';

/** Requests as pairs of a place and what is there, in an order that the time of their coming does not decide. */
export type Trace = ReadonlyMap<string, string>;

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

const isSubscription = ({ method, url }: LoggedRequest): boolean =>
  method === 'POST' && /\/subscriptions$|\?object=event&action=create$/.test(url);

/**
 * Several subscriptions are asked for at once, in an order that the time decides. What is to be told stands in front of
 * whose it is, where a text of a client's may be.
 */
const orderOf = (request: LoggedRequest): string =>
  `${nameOf(request)} ${isSubscription(request) ? request.body : ''}`;

export const toTrace = (requests: readonly LoggedRequest[]): Trace =>
  new Map(
    requests
      .toSorted((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1))
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

/** A text as it is written in some places: as an OData literal, or as a part of a path that a regular expression matches. */
const spell = (place: string, text: string): string => {
  if (place.endsWith(':$filter')) return text.replaceAll("'", "''");
  return place.endsWith('.subjectFilter')
    ? encodeURIComponent(text.toWellFormed()).replaceAll(/[.*()]/g, String.raw`\$&`)
    : text;
};

/** What a plain trace is when another text stands in the place of its mark. */
export const replaced = (plain: Trace, mark: string, text: string): Trace =>
  new Map(
    [...plain].map(([place, value]) => [
      place.replaceAll(mark, () => text),
      value.replaceAll(mark, () => spell(place, text)),
    ]),
  );

/** What each request is: its object and action or its route, and the names of its parameters. */
export const kindsOf = (trace: Trace): ReadonlySet<string> => {
  const requests = Map.groupBy(trace, ([place]) => place.slice(0, place.indexOf(' ')));
  const kinds = [...requests.values()].map((entries) =>
    entries.map(
      ([place, value]) => `${place.slice(place.indexOf(' ') + 1)}${place.endsWith(' name') ? value : ''}`,
    ),
  );
  return new Set(kinds.map((names) => names.join(' ')));
};

export const differences = (actual: Trace, expected: Trace, free: ReadonlySet<string>): readonly string[] =>
  [...new Set([...actual.keys(), ...expected.keys()])].filter((place) =>
    free.has(place) ? actual.has(place) !== expected.has(place) : actual.get(place) !== expected.get(place),
  );

const wildcards: ReadonlySet<string> = new Set(['*', '~', '%']);

/** Where the legacy platform is asked for everybody, or everything, though a harmless text asked for one (S5). */
export const wildcardsIn = (actual: Trace, plain: Trace): readonly string[] =>
  [...actual]
    .filter(
      ([place, value]) =>
        place.includes(' form') && wildcards.has(value.trim()) && plain.get(place) !== value,
    )
    .map(([place]) => place);
