import { redact } from '../../redact.ts';
import { isResource, toText, type Resource } from '../decode.ts';
import { UpstreamError, type UpstreamCode } from '../errors.ts';
import type { UpstreamReply, UpstreamRequest } from '../http.ts';
import { parseRetryAfter } from '../retry-after.ts';

const MAX_MESSAGE_LENGTH = 300;

const codes: Readonly<Record<number, UpstreamCode>> = {
  400: 'BAD_USER_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'BAD_USER_INPUT',
  // Documented as "cannot be processed, try again" (facts §3.6).
  422: 'UPSTREAM_UNAVAILABLE',
  429: 'RATE_LIMITED',
  504: 'UPSTREAM_TIMEOUT',
};

const sentences: Partial<Readonly<Record<UpstreamCode, string>>> = {
  UNAUTHENTICATED:
    'CloudLink refused the token. It may have expired, or belong to another environment than the one this gateway uses.',
  FORBIDDEN: 'CloudLink does not allow this to the signed-in user',
  NOT_FOUND: 'CloudLink does not know this id',
  CONFLICT: 'CloudLink refused the change because of something that is already there',
  BAD_USER_INPUT: 'CloudLink refused the input',
  RATE_LIMITED: 'CloudLink asks for fewer requests',
  UPSTREAM_TIMEOUT: 'CloudLink did not answer in time',
  UPSTREAM_UNAVAILABLE: 'CloudLink failed to answer',
};

/** API Gateway's answers to a path it does not know. The first echoes the token, twice (facts §3.6, A-07). */
const unknownRoute = /not a valid key=value pair|^Missing Authentication Token$/;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The field of an AJV message, `data.originalParticipants(0).type should …`, as `originalParticipants.0.type`. */
const fieldOf = (message: string): string | undefined => {
  const path = /^data((?:\.\w+|\(\d+\)|\[\d+\])+)/.exec(message)?.[1];
  if (path !== undefined)
    return path
      .replaceAll(/[.([]+/g, '.')
      .replaceAll(/[)\]]/g, '')
      .slice(1);
  return /^data should have required property '\.?(\w+)'/.exec(message)?.[1];
};

/** The error that a CloudLink answer stands for. Decided by the status; the body's `name` is not documented. */
export const explain = (reply: UpstreamReply, request: UpstreamRequest): UpstreamError | null => {
  const { status, headers } = reply;
  if (status < 300) return null;
  const body = parse(reply.text);
  const said = (isResource(body) ? toText(body['message']) : null) ?? '';
  const common = { platform: 'cloudlink', status, correlationId: headers['x-mitel-correlation-id'] } as const;
  if (status < 400) {
    return new UpstreamError({
      ...common,
      code: 'UPSTREAM_PROTOCOL',
      message: 'CloudLink answered with a redirect, which is not followed.',
    });
  }
  if (status === 403 && unknownRoute.test(said)) {
    const route = `${request.method} ${request.path.join('/')}`;
    const message = `CloudLink has no route \`${route}\` below the configured base URL. Check the CLOUDLINK_…_URL variables.`;
    return new UpstreamError({ ...common, code: 'UPSTREAM_PROTOCOL', message });
  }
  const code = codes[status] ?? (status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_PROTOCOL');
  const quoted =
    status < 429 && code !== 'UNAUTHENTICATED' && said !== ''
      ? `: ${redact(said).slice(0, MAX_MESSAGE_LENGTH)}`
      : '';
  const sentence = sentences[code] ?? `CloudLink answered with the unexpected status ${status}`;
  return new UpstreamError({
    ...common,
    code,
    message: `${sentence}${quoted}`.replace(/[.\s]*$/, '.'),
    field: code === 'BAD_USER_INPUT' ? fieldOf(said) : undefined,
    retryAfterMs: parseRetryAfter(headers['retry-after'], Date.now()),
  });
};

/** The error for an answer that is a good one by its status, and no use all the same. */
export const unreadable = (reply: UpstreamReply, what: string): UpstreamError =>
  new UpstreamError({
    code: 'UPSTREAM_PROTOCOL',
    platform: 'cloudlink',
    message: `CloudLink sent ${what}.`,
    status: reply.status,
    correlationId: reply.headers['x-mitel-correlation-id'],
  });

/** One resource. Throws where the body is anything else. */
export const readResource = (reply: UpstreamReply): Resource => {
  const body = parse(reply.text);
  if (!isResource(body)) throw unreadable(reply, 'something that is not a JSON object');
  return body;
};

/** The resource that an answer holds, told by its id; null where it holds none. */
export const findAnswered = (reply: UpstreamReply, idName: string): Resource | null => {
  const body = parse(reply.text);
  return isResource(body) && toText(body[idName]) !== null ? body : null;
};

/**
 * A collection's items and whether there may be more. `_embedded` is missing where it would be empty, but the links are
 * always there (facts §3.3): an object without them is something else, and no empty list.
 */
export const readCollection = (reply: UpstreamReply): { items: readonly Resource[]; more: boolean } => {
  const { _links: links, _embedded: embedded } = readResource(reply);
  if (!isResource(links) && !isResource(embedded)) throw unreadable(reply, 'an object that is no collection');
  const items = isResource(embedded) ? embedded['items'] : embedded === undefined ? [] : null;
  if (!Array.isArray(items) || !items.every(isResource))
    throw unreadable(reply, 'a collection whose items are not objects');
  return { items, more: isResource(links) && toText(links['next']) !== null };
};

/** The `$skiptoken` that leads to the next page of a collection; null where it goes on by `$skip`, or not at all. */
export const readNextToken = (reply: UpstreamReply): string | null => {
  const { _links: links } = readResource(reply);
  const next = isResource(links) ? toText(links['next']) : null;
  return next === null ? null : (URL.parse(next, 'http://upstream')?.searchParams.get('$skiptoken') ?? null);
};

/** The id without which a resource is of no use. */
export const readId = (resource: Resource, name: string): string => {
  const id = toText(resource[name]);
  if (id !== null) return id;
  throw new UpstreamError({
    code: 'UPSTREAM_PROTOCOL',
    platform: 'cloudlink',
    message: `CloudLink sent a resource without its \`${name}\`.`,
  });
};
