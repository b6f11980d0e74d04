import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Clock } from './clock.ts';
import type { Delivery } from './delivery.ts';
import type { Reply } from './exchange.ts';
import type { Fault } from './fault-rule.ts';
import type { Plan } from './faults.ts';
import type { Switches } from './switches.ts';

/** The request a fault befalls: how it would be answered, and by whom. */
export interface Victim {
  readonly platform: string | null;
  readonly host: string;
  /** The platform handles the request: what it asks for happens. */
  answer(): Promise<Reply>;
  refuseToken(): Reply;
}

export interface FaultContext {
  readonly clock: Clock;
  readonly switches: Readonly<Switches>;
}

type FaultOf<Type extends Fault['type']> = Extract<Fault, { readonly type: Type }>;

const toBody = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const withoutType = (headers: Reply['headers'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type'));

const toStatusReply = ({ status, reason, headers, body }: FaultOf<'status'>): Reply => {
  const given = {
    'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
  };
  return {
    status,
    ...(reason !== undefined && { reason }),
    headers: { ...(body !== undefined && given), ...headers },
    ...(body !== undefined && { body: toBody(body) }),
  };
};

const withBody = (reply: Reply, { body, contentType }: FaultOf<'body'>): Reply => ({
  ...reply,
  headers:
    contentType === undefined
      ? (reply.headers ?? {})
      : { ...withoutType(reply.headers), 'content-type': contentType },
  body: toBody(body),
});

const toRetryAfter = (retryAfter: number | string, clock: Clock): string => {
  const seconds = typeof retryAfter === 'string' ? /^date:(-?\d+)$/.exec(retryAfter)?.[1] : undefined;
  if (seconds === undefined) return String(retryAfter);
  return new Date(clock.now() + Number(seconds) * 1000).toUTCString();
};

/** cloudlink.md §3.2, §3.6 and A-06: a correlation id and `{name, message}`; subscriber-api.md A-04: two forms of `warning`. */
const toTooMany = (
  fault: FaultOf<'tooMany'>,
  { platform, host }: Victim,
  { clock, switches }: FaultContext,
): Reply => {
  const headers =
    fault.retryAfter === undefined ? {} : { 'retry-after': toRetryAfter(fault.retryAfter, clock) };
  const text = 'Too Many Requests';
  if (platform !== 'cloudlink') {
    const warning = switches.legacyWarning === 'plain' ? text : `199 ${host} "${text}"`;
    return { status: 429, headers: { ...headers, warning } };
  }
  return {
    status: 429,
    headers: { ...headers, 'content-type': 'application/json', 'x-mitel-correlation-id': randomUUID() },
    body: JSON.stringify({ name: 'TooManyRequestsError', message: text }),
  };
};

/** An array of one long text, made piece by piece: it may be larger than the memory. */
function* largeJson(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(64 * 1024, 'a');
  yield Buffer.from('["');
  for (let left = bytes - 4; left > 0; left -= piece.length)
    yield piece.subarray(0, Math.min(left, piece.length));
  yield Buffer.from('"]');
}

const sendLarge = ({ bytes, gzip = false }: FaultOf<'large'>, delivery: Delivery): Promise<void> => {
  const source = Readable.from(largeJson(bytes), { objectMode: false });
  const reply = {
    status: 200,
    headers: { 'content-type': 'application/json', ...(gzip && { 'content-encoding': 'gzip' }) },
  };
  return gzip ? delivery.stream(reply, [source, createGzip()]) : delivery.stream(reply, [source], bytes);
};

/** Lets the fault happen to this request; without one the platform answers as usual. */
export const perform = async (
  fault: Plan['fault'],
  victim: Victim,
  delivery: Delivery,
  context: FaultContext,
): Promise<void> => {
  if (!fault) return delivery.send(await victim.answer());
  switch (fault.type) {
    case 'status':
      return delivery.send(toStatusReply(fault));
    case 'body':
      return delivery.send(withBody(await victim.answer(), fault));
    case 'truncate':
      return delivery.truncate(await victim.answer(), fault.bytes);
    case 'reset':
      return delivery.reset();
    case 'resetAfter':
      await victim.answer();
      return delivery.reset();
    case 'hang':
      return delivery.hang();
    case 'drip':
      return delivery.drip(await victim.answer(), fault.bytes, fault.intervalMs);
    case 'expiredToken':
      return delivery.send(victim.refuseToken());
    case 'tooMany':
      return delivery.send(toTooMany(fault, victim, context));
    case 'large':
      return sendLarge(fault, delivery);
    case 'redirect':
      return delivery.send({ status: fault.status, headers: { location: fault.location } });
  }
};
