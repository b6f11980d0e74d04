import { randomUUID } from 'node:crypto';
import type { Incoming, Platform, PlatformOptions, Reply } from '../exchange.ts';
import { admin } from './admin.ts';
import { authentication } from './authentication.ts';
import { chat } from './chat.ts';
import { readAccessToken } from './claim.ts';
import { anyOrigin, withPreflight } from './cors.ts';
import { Failure, GatewayFailure, unauthorized } from './failure.ts';
import { createLimiter } from './limiter.ts';
import { media } from './media.ts';
import { notifications } from './notifications.ts';
import { createNotifier } from './notifier.ts';
import { presence } from './presence.ts';
import { parseRawPublication } from './raw-publication.ts';
import { describeMediaRequest, isMediaRequest, serveMedia } from './recording-media.ts';
import type { Match } from './router.ts';
import { createRouter } from './router.ts';
import { beginCall } from './scripted-call.ts';
import { seedStore } from './seed.ts';
import type { Answer } from './answer.ts';
import type { OpenCall, Service } from './service.ts';
import { createStore } from './store.ts';

/** Every service there is. */
const services: readonly Service[] = [authentication, admin, chat, presence, media, notifications].map(
  withPreflight,
);

/** The token of either style of header: `Bearer x`, or the bare token as the official samples send it (§2.4). */
const readToken = ({ headers }: Incoming): string | undefined =>
  headers.authorization?.replace(/^bearer\s+/i, '').trim();

/** An unknown path is not a 404: the gateway takes it for a badly signed request and echoes the token (§3.6). */
const refusePath = (incoming: Incoming): GatewayFailure => {
  const token = readToken(incoming);
  if (token === undefined) return new GatewayFailure(403, 'Missing Authentication Token');
  return new GatewayFailure(
    403,
    `'${token}' not a valid key=value pair (missing equal-sign) in Authorization header: '${incoming.headers.authorization}'.`,
  );
};

const toReply = ({ status, headers, body }: Answer): Reply => ({
  status,
  headers: {
    'Content-Type': 'application/json',
    'x-mitel-correlation-id': randomUUID(),
    ...anyOrigin,
    ...headers,
  },
  body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
});

/**
 * Mitel CloudLink as the public API program shows it: a platform of REST services behind one gateway. It answers
 * everything a service or the gateway would, refusals included; it throws only where the sandbox itself is broken.
 */
export const createCloudlink = (options: PlatformOptions): Platform => {
  const { clock, switches } = options;
  const router = createRouter(services);
  const limiter = createLimiter({ clock, switches });
  const notifier = createNotifier(options);
  let store = createStore();

  const toCall = (incoming: Incoming, { path, parameters }: Match): OpenCall => ({
    incoming,
    store,
    clock,
    switches,
    limiter,
    path,
    query: new URLSearchParams(incoming.query),
    parameter: (name) => parameters.get(name) ?? '',
  });

  const answer = (incoming: Incoming, match: Match | undefined): Answer => {
    if (match === undefined) throw refusePath(incoming);
    // A browser's preflight names the headers it will send and sends none of them.
    const isAppMissing = incoming.headers['x-mitel-app'] === undefined && incoming.method !== 'OPTIONS';
    if (switches.cloudlinkRequireApp && isAppMissing)
      throw new Failure(400, 'X-Mitel-App header is required');
    const call = toCall(incoming, match);
    if (match.open !== undefined) return match.open(call);
    const token = readToken(incoming);
    const claims = token === undefined ? undefined : readAccessToken(token, clock);
    if (token === undefined || claims === undefined || match.handler === undefined) throw unauthorized();
    limiter.admit(token);
    store.media.switchboard.advance(clock.now());
    return match.handler({ ...call, principal: claims, claims });
  };

  /** The service of the request, even where it has no such route. */
  const findService = (incoming: Incoming, match: Match | undefined): Service | undefined =>
    match?.service ?? services.find(({ name }) => name === router.locate(incoming)?.service);

  return {
    accepts: (incoming) => isMediaRequest(incoming) || router.locate(incoming) !== undefined,

    describe: (incoming) => {
      if (isMediaRequest(incoming)) return describeMediaRequest(incoming);
      const match = router.match(incoming);
      const service = findService(incoming, match);
      return {
        ...(service !== undefined && { service: service.name }),
        ...(match !== undefined && { route: match.route }),
      };
    },

    handle: (incoming) => {
      if (isMediaRequest(incoming)) return serveMedia(incoming, store, clock);
      try {
        return toReply(answer(incoming, router.match(incoming)));
      } catch (error) {
        if (error instanceof Failure) return toReply(error.toAnswer());
        throw error;
      }
    },

    refuseToken: () => toReply(unauthorized().toAnswer()),

    advance: () => {
      if (!notifier.hasSubscriptions()) return;
      store.media.switchboard.advance(clock.now());
      notifier.expire();
    },

    publish: (event) => notifier.publish(parseRawPublication(event)),

    beginCall: (call) => beginCall(store, call, () => clock.now()),

    reset: (company) => {
      store = seedStore(company, clock.now());
      notifier.watch(store);
    },
  };
};
