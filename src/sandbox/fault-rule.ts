import { validateHeaderName } from 'node:http';
import {
  flag,
  integer,
  json,
  object,
  oneOf,
  optional,
  readField,
  readFields,
  text,
  type Field,
  type Values,
} from './input.ts';

/** The longest a timer can wait. */
const milliseconds = integer(0, 2_147_483_647);
const bytes = integer(0);

/** These belong to whoever writes the answer; two of them would make it unreadable. */
const framing = new Set(['content-length', 'transfer-encoding']);

const isHeaderName = (name: string): boolean => {
  try {
    validateHeaderName(name);
    return !framing.has(name.toLowerCase());
  } catch {
    return false;
  }
};

const headers: Field<Readonly<Record<string, string>>> = {
  expects: 'an object of header names and texts, without content-length and transfer-encoding',
  accepts: (value): value is Readonly<Record<string, string>> =>
    object.accepts(value) &&
    Object.entries(value).every(([name, content]) => isHeaderName(name) && typeof content === 'string'),
};

const retryAfter: Field<number | string> = {
  expects: 'seconds as a number, "date:<seconds>", or any other text to be sent as it is',
  accepts: (value): value is number | string => typeof value === 'number' || typeof value === 'string',
};

/** What can be made to go wrong, and what each needs to know. */
const faultFields = {
  /** Waits before the request is handled; the next due fault of another type applies as well. */
  latency: { ms: milliseconds },
  /** Answers this in place of the platform. */
  status: {
    status: integer(200, 599),
    reason: optional(text),
    headers: optional(headers),
    body: optional(json),
  },
  /** The platform's own answer with another body. */
  body: { body: json, contentType: optional(text) },
  /** Announces the whole answer, sends this many bytes of it and ends the connection. */
  truncate: { bytes },
  /** Resets the connection; the platform never hears of the request. */
  reset: {},
  /** Lets the platform handle the request, then resets the connection: done, and nobody was told. */
  resetAfter: {},
  /** Never answers. */
  hang: {},
  /** The platform's answer in slices. */
  drip: { bytes: integer(1), intervalMs: milliseconds },
  /** The platform's own answer to an expired token. */
  expiredToken: {},
  /** 429 as the platform would put it. */
  tooMany: { retryAfter: optional(retryAfter) },
  /** A JSON body of this many bytes (before compression). */
  large: { bytes: integer(4), gzip: optional(flag) },
  redirect: { status: integer(300, 399), location: text },
} as const;

type FaultType = keyof typeof faultFields;

export type Fault = {
  [Type in FaultType]: { readonly type: Type } & Values<(typeof faultFields)[Type]>;
}[FaultType];

const matchFields = {
  platform: optional(text),
  service: optional(text),
  route: optional(text),
  object: optional(text),
  action: optional(text),
  method: optional(text),
  path: optional(text),
} as const;

const ruleFields = {
  match: optional(object),
  times: optional(integer(1)),
  skip: optional(integer(0)),
  fault: object,
} as const;

/** Which requests go wrong, how often, and how. Without `times` a rule holds until it is deleted. */
export interface FaultRule {
  readonly match?: Values<typeof matchFields>;
  readonly times?: number;
  /** How many matching requests are let through first, whatever other rules do to them. */
  readonly skip?: number;
  readonly fault: Fault;
}

const parseFault = (value: Readonly<Record<string, unknown>>): Fault => {
  const type = readField('"type" of the fault', value['type'], oneOf(Object.keys(faultFields)));
  return readFields(`the fault ${type}`, value, { type: text, ...faultFields[type as FaultType] }) as Fault;
};

/** A rule from JSON; throws an InputError that says what is allowed. */
export const parseRule = (value: unknown, platforms: readonly string[]): FaultRule => {
  const { match, fault, ...counts } = readFields('the rule', value, ruleFields);
  const fields = { ...matchFields, platform: optional(oneOf(platforms)) };
  return {
    ...(match && { match: readFields('match', match, fields) }),
    ...counts,
    fault: parseFault(fault),
  };
};
