import type { Incoming, Platform, PlatformOptions, Reply } from '../exchange.ts';
import { isPlatformPath, toAddress } from './address.ts';
import { render } from './answer.ts';
import { findGrant, toBearer, toCaller } from './authentication.ts';
import { advanceCalls } from './call-simulation.ts';
import { createEventFeed } from './event-feed.ts';
import { checkSignedLink, toMediaReply } from './media.ts';
import { answerOauth2 } from './oauth2.ts';
import { objects } from './objects.ts';
import { checkParameters, type Download } from './operation.ts';
import { createPendingWrites } from './pending-writes.ts';
import { parseRawEvent } from './raw-event.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { EXPIRED_TOKEN, Refusal, toReply } from './refusal.ts';
import { readRequest, type Request } from './request.ts';
import { beginCall } from './scripted-call.ts';
import { seedState } from './seed.ts';
import { toSubject } from './subject.ts';
import { createTokenStore } from './token-store.ts';

export { RESELLER_LOGIN, SUPER_USER_LOGIN } from './seed.ts';

/**
 * What the web server says where no script is. Clients that try the newer API first know by a page of HTML that they
 * have to use this one.
 */
const nothingThere: Reply = {
  status: 404,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: '<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>',
};

/**
 * The legacy platform: one address for every object and action, and a token endpoint beside it. Whatever it
 * refuses, it says in the status line and in the `warning` header.
 */
export const createNetsapiens = (options: PlatformOptions): Platform => {
  const { clock, switches } = options;
  const tokens = createTokenStore(options);
  const writes = createPendingWrites(options);
  const limiter = createRateLimiter(options);
  const feed = createEventFeed(options);
  let state = seedState({ accounts: [], people: [], calls: 0 }, clock.now());

  /** Everything that has become due since the last look. */
  const settle = (): void => {
    writes.applyDue();
    advanceCalls(state, clock.now());
    feed.advance();
  };

  const answerData = (incoming: Incoming, request: Request): Reply => {
    const grant = findGrant(tokens, toBearer(incoming.headers.authorization));
    const caller = toCaller(grant, state);
    const object = objects.get(request.object);
    const operation = object?.actions.get(request.action);
    if (object === undefined || operation === undefined) {
      const name = `${request.object || 'none'} ${request.action || 'none'}`;
      throw new Refusal(switches.legacyUnknownOperation, `Unknown object or action: ${name}`);
    }
    const { parameters } = request;
    checkParameters(operation, parameters, switches);
    const answer = operation.run({
      parameters,
      caller,
      tokenExpires: grant.expires,
      format: request.format ?? 'xml',
      state,
      switches,
      now: clock.now(),
      origin: `http://${incoming.headers.host ?? 'sandbox'}`,
      write(change) {
        writes.add(change);
        return { kind: 'accepted' };
      },
    });
    return render(answer, object.element, request.format ?? 'xml', switches);
  };

  const answerDownload = (download: Download, incoming: Incoming, { parameters }: Request): Reply => {
    checkSignedLink(parameters, clock.now());
    return toMediaReply(download({ parameters, state }), incoming.headers.range);
  };

  const answer = (incoming: Incoming): Reply => {
    const { method, path, headers } = incoming;
    const address = toAddress(path);
    if (address === undefined) return nothingThere;
    if (!['GET', 'HEAD', 'POST'].includes(method)) throw new Refusal(405, 'Use POST or GET.');
    const request = readRequest(incoming);
    const download = objects.get(request.object)?.downloads?.get(request.action);
    if (address === 'data' && method !== 'POST' && download !== undefined) {
      return answerDownload(download, incoming, request);
    }
    if (address === 'data') return answerData(incoming, request);
    const { authorization } = headers;
    return answerOauth2(address, { ...request, method, authorization, state, tokens, switches });
  };

  const refuse = (refusal: Refusal, incoming: Incoming) =>
    toReply(refusal, switches, incoming.headers.host ?? 'sandbox');

  const answerOrRefuse = (incoming: Incoming): Reply => {
    try {
      return answer(incoming);
    } catch (error) {
      if (error instanceof Refusal) return refuse(error, incoming);
      throw error;
    }
  };

  return {
    accepts: ({ path }) => isPlatformPath(path),
    describe: (incoming) => {
      const address = toAddress(incoming.path);
      if (address === undefined) return {};
      if (address !== 'data') return { object: 'oauth2', action: address };
      const { object, action } = readRequest(incoming);
      return { ...(object !== '' && { object }), ...(action !== '' && { action }) };
    },
    handle: (incoming) => {
      settle();
      if (!switches.legacyRateLimit) return answerOrRefuse(incoming);
      const { headers, retryAfter } = limiter.take(
        toSubject(readRequest(incoming), incoming.headers.authorization, { state, tokens }),
      );
      const reply =
        retryAfter === undefined
          ? answerOrRefuse(incoming)
          : refuse(new Refusal(429, 'The rate limit is exceeded.'), incoming);
      return {
        ...reply,
        headers: {
          ...reply.headers,
          ...headers,
          ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
        },
      };
    },
    refuseToken: (incoming) => refuse(new Refusal(401, EXPIRED_TOKEN), incoming),
    advance: () => {
      if (feed.hasSubscriptions()) settle();
    },
    publish: (event) => feed.publish(parseRawEvent(event)),
    beginCall: (call) => beginCall(state, call, () => clock.now()),
    reset: (company) => {
      state = seedState(company, clock.now());
      feed.watch(state);
      writes.clear();
      limiter.clear();
    },
  };
};
