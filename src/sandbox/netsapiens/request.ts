import type { Incoming } from '../exchange.ts';
import { parseMultipart } from './multipart.ts';

export type Parameters = ReadonlyMap<string, string>;
export type Format = 'json' | 'xml';

/** What a request says, wherever in it that was said. */
export interface Request {
  /** Lower-cased: providers compare both without case. Empty where nothing was sent. */
  readonly object: string;
  readonly action: string;
  readonly parameters: Parameters;
  /** What the caller asked for; the default differs between data and tokens. */
  readonly format: Format | undefined;
}

/** Reads a request from every place that may carry parameters (facts §3.1). It never fails: nonsense is no parameter. */
export const readRequest = (incoming: Incoming): Request => {
  const query = collect(new URLSearchParams(incoming.query));
  const body = collect(readBody(incoming));
  // the body wins for data, the query for the name of the call.
  const named = (name: string) => (query.get(name) ?? body.get(name) ?? '').toLowerCase();
  return {
    object: named('object'),
    action: named('action'),
    parameters: new Map([...query, ...body]),
    format: chooseFormat([query.get('format'), body.get('format')], incoming.headers.accept ?? ''),
  };
};

/** The value of a parameter; an empty one counts as not sent, as everywhere except in `srv_code` (facts §3.1). */
export const given = (parameters: Parameters, name: string): string | undefined =>
  parameters.get(name) || undefined;

/** As PHP does: the last of a repeated name wins, and `user[]=…` makes an array, which reads as the word `Array`. */
const collect = (pairs: Iterable<readonly [string, string]>): Map<string, string> => {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const bracket = name.indexOf('[', 1);
    if (bracket === -1) values.set(name, value);
    else values.set(name.slice(0, bracket), 'Array');
  }
  return values;
};

const readBody = ({ headers, body }: Incoming): Iterable<readonly [string, string]> => {
  const contentType = headers['content-type'] ?? '';
  if (/^multipart\//i.test(contentType)) return parseMultipart(contentType, body);
  // By content, not by label: clients send JSON as text/plain, without a label, or with the form's.
  const text = body.toString('utf8').trim();
  return readJson(text) ?? new URLSearchParams(text);
};

const readJson = (text: string): [string, string][] | undefined => {
  if (!text.startsWith('{')) return undefined;
  try {
    const values = JSON.parse(text) as Record<string, unknown>;
    return Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, asText(value)]]));
  } catch {
    return undefined;
  }
};

/** PHP's own reading of a JSON value as text. */
const asText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? '1' : '';
  return typeof value === 'number' ? String(value) : 'Array';
};

const chooseFormat = (asked: readonly (string | undefined)[], accept: string): Format | undefined => {
  const formats = new Set(asked.map((format) => format?.toLowerCase()));
  if (formats.has('json')) return 'json';
  if (formats.has('xml')) return 'xml';
  return accept.toLowerCase().includes('application/json') ? 'json' : undefined;
};
