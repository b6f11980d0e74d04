import { STATUS_CODES } from 'node:http';
import { redact } from '../../redact.ts';
import { isResource, toCount, toInteger, toText, type Resource } from '../decode.ts';
import { UpstreamError, type UpstreamCode } from '../errors.ts';
import type { UpstreamReply, UpstreamRequest } from '../http.ts';
import { parseRetryAfter } from '../retry-after.ts';

const MAX_MESSAGE_LENGTH = 300;

/** A `warning` header in either form: a plain sentence, or code, agent and quoted text (A-04). */
const toWarning = (header: string | undefined): string | null => {
  const text = header?.trim() ?? '';
  return toText(/^\d{3}\s+\S+\s+"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? text);
};

/** The reason phrase without the standard one that it may begin with. */
const toReason = ({ status, reason }: UpstreamReply): string | null => {
  const standard = STATUS_CODES[status] ?? '';
  const own = reason.startsWith(standard) ? reason.slice(standard.length) : reason;
  return toText(own.trim());
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What upstream said went wrong: in a header first, in the status line next, in the body last (facts §3.7). */
export const readComplaint = (reply: UpstreamReply): string | null => {
  const body = parse(reply.text);
  const inBody = isResource(body)
    ? (toText(body['error_description']) ?? toText(body['message']) ?? toText(body['error']))
    : null;
  const said = toWarning(reply.headers['warning']) ?? toReason(reply) ?? inBody;
  return said === null ? null : redact(said).slice(0, MAX_MESSAGE_LENGTH);
};

const codes: Readonly<Record<number, UpstreamCode>> = {
  400: 'BAD_USER_INPUT',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'UPSTREAM_PROTOCOL',
  409: 'CONFLICT',
  415: 'UPSTREAM_PROTOCOL',
  429: 'RATE_LIMITED',
  504: 'UPSTREAM_TIMEOUT',
};

const codeOf = (status: number, complaint: string | null): UpstreamCode => {
  // A 401 whose text does not speak of the token is a refusal of the call, not of the caller (A-08).
  if (status === 401)
    return complaint === null || /token|authenticat|login/i.test(complaint) ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  if (/\b(object|action)\b/i.test(complaint ?? '') && (status === 404 || status === 400))
    return 'UPSTREAM_PROTOCOL';
  return codes[status] ?? (status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_PROTOCOL');
};

const sentences: Readonly<Record<UpstreamCode, string>> = {
  UNAUTHENTICATED: 'The subscriber API refused the token',
  SECOND_FACTOR_REQUIRED: 'The subscriber API asks for a second factor',
  FORBIDDEN: 'The subscriber API does not allow this to the signed-in subscriber',
  NOT_FOUND: 'The subscriber API does not know what was asked for',
  BAD_USER_INPUT: 'The subscriber API refused the input',
  ACCEPTED_NOT_VISIBLE: 'The subscriber API accepted the change but does not show it yet',
  CONFLICT: 'The subscriber API refused the change because of something that is already there',
  RATE_LIMITED: 'The subscriber API asks for fewer requests',
  UPSTREAM_TIMEOUT: 'The subscriber API did not answer in time',
  UPSTREAM_UNAVAILABLE: 'The subscriber API failed to answer',
  UPSTREAM_PROTOCOL: 'The subscriber API gave an answer that does not belong to its protocol',
  PLATFORM_NOT_CONFIGURED: 'The subscriber API is not configured',
  COST_LIMIT: 'The subscriber API is asked for too much at once',
};

/** The wait in a `RateLimit` header: `t` seconds until the window that has nothing left starts again (facts §3.8). */
const toRateLimitWait = (header: string | undefined): number | undefined => {
  const exhausted = (header ?? '').split(',').filter((policy) => /;\s*r=0\b/.test(policy));
  const waits = exhausted
    .map((policy) => toInteger(/;\s*t=(\d+)/.exec(policy)?.[1]))
    .filter((wait) => wait !== null);
  return waits.length === 0 ? undefined : Math.max(...waits) * 1000;
};

/** An error in these words, followed by what upstream said of it. */
export const toError = (
  reply: UpstreamReply,
  code: UpstreamCode,
  complaint: string | null,
  sentence: string = sentences[code],
): UpstreamError =>
  new UpstreamError({
    code,
    platform: 'subscriber',
    message: `${sentence}${complaint === null ? '' : `: ${complaint}`}`.replace(/[.\s]*$/, '.'),
    status: reply.status,
    correlationId: reply.headers['x-request-id'],
    retryAfterMs:
      parseRetryAfter(reply.headers['retry-after'], Date.now()) ??
      (code === 'RATE_LIMITED' ? toRateLimitWait(reply.headers['ratelimit']) : undefined),
  });

/** A web server that knows no such path: it answers with a page, and without the platform's header. */
const isWebPage = ({ headers, text }: UpstreamReply) =>
  headers['warning'] === undefined && /^\s*</.test(text) && !/^\s*<xml/.test(text);

/** The error that an answer stands for, or null. A 404 to a read means "no such record" (facts §3.5). */
export const explain = (reply: UpstreamReply, request: UpstreamRequest): UpstreamError | null => {
  if (reply.status < 300) return null;
  const complaint = readComplaint(reply);
  const code = codeOf(reply.status, complaint);
  if (code !== 'NOT_FOUND') return toError(reply, code, complaint);
  if (isWebPage(reply)) return toError(reply, 'UPSTREAM_PROTOCOL', 'no such path; check SUBSCRIBER_API_URL');
  return request.effect === 'read' ? null : toError(reply, code, complaint);
};

/** Records are flat (facts §3.4): an object without a single value is none. */
const hasValue = (value: unknown): value is Resource =>
  isResource(value) && Object.values(value).some((field) => toText(field) !== null);

const toList = (body: unknown): readonly unknown[] => {
  if (Array.isArray(body)) return body;
  if (!isResource(body)) return [];
  const keys = Object.keys(body);
  const isIndexed = keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
  return isIndexed ? Object.values(body) : [body];
};

const unreadable = (reply: UpstreamReply, what: string) => toError(reply, 'UPSTREAM_PROTOCOL', what);

const parseRecords = (reply: UpstreamReply): readonly Resource[] => {
  const text = reply.text.trim();
  if (reply.status === 404 || text === '' || text === '<xml/>') return [];
  const body = parse(text);
  if (body === undefined)
    throw unreadable(
      reply,
      text.startsWith('<') ? 'markup where JSON was asked for' : 'neither JSON nor empty',
    );
  const list = toList(body);
  if (typeof body !== 'object' || !list.every((item) => item === null || isResource(item))) {
    throw unreadable(reply, 'JSON that holds no records');
  }
  return list.filter(hasValue);
};

/**
 * The records in an answer, whatever shape it has: an array, a bare object, an object with the keys "0", "1", …, and
 * every known form of nothing (facts §3.4, §3.5). An error that comes with a good status is no record.
 */
export const readRecords = (reply: UpstreamReply): readonly Resource[] => {
  const records = parseRecords(reply);
  if (records.length === 1 && toText(records[0]?.['error']) !== null) {
    throw unreadable(reply, readComplaint(reply) ?? 'an error with a good status');
  }
  return records;
};

/**
 * The records in an answer that may also be a list of bare names, in any of the shapes a list has (A-16). A name becomes
 * a record with this one column.
 */
export const readNamed = (reply: UpstreamReply, column: string): readonly Resource[] => {
  const body = parse(reply.text.trim());
  const names = typeof body === 'string' ? [body] : toList(body);
  const areNames = names.length > 0 && names.every((name) => name === null || toText(name) !== null);
  if (!areNames) return readRecords(reply);
  return names.filter((name) => toText(name) !== null).map((name) => ({ [column]: name }));
};

/** The object an answer consists of, as the token endpoint gives it: an error of its own may be in it. */
export const readObject = (reply: UpstreamReply): Resource => parseRecords(reply)[0] ?? {};

/** The number in an answer to `action=count`, or null where upstream does not tell. */
export const readTotal = (reply: UpstreamReply): number | null => toCount(readRecords(reply)[0]?.['total']);
