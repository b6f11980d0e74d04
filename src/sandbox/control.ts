import type { Incoming, Reply } from './exchange.ts';
import { listDeliveries, postEvent } from './event-control.ts';
import { parseRule } from './fault-rule.ts';
import type { Faults } from './faults.ts';
import { flag, InputError, integer, object, optional, readFields, readJson } from './input.ts';
import { isLoopbackAddress, isLoopbackHost, isLoopbackOrigin } from './loopback.ts';
import { jsonReply, refusal } from './reply.ts';
import { parseRequestFilter } from './request-filter.ts';
import type { RequestLog } from './requests.ts';
import type { Simulator } from './simulator.ts';
import { parseSwitches } from './switches.ts';
import { MAX_CALLS, MAX_USERS, type World } from './world.ts';

export interface ControlOptions {
  readonly world: World;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly simulator: Simulator;
  /** Cuts every request that waits. */
  readonly interrupt: () => void;
}

/** How tests and developers drive the sandbox: JSON in and out, from this machine only. */
export interface Control {
  /** Whether a request is for the control surface. From another machine none is: there it does not exist. */
  accepts(path: string, remoteAddress: string | undefined): boolean;
  /** The answer; what is not allowed is refused with a sentence that says what is. */
  handle(incoming: Incoming): Promise<Reply>;
}

const PREFIX = '/_sandbox';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly does: string;
  readonly handle: (incoming: Incoming, id: string) => Reply | Promise<Reply>;
}

const nothing: Reply = { status: 204 };

/** What stands in the place of `{id}`, or an empty text; undefined where the path is another. */
const matchPath = (pattern: string, path: string): string | undefined => {
  if (!pattern.endsWith('/{id}')) return pattern === path ? '' : undefined;
  const parent = pattern.slice(0, -'{id}'.length);
  const id = path.slice(parent.length);
  return path.startsWith(parent) && /^\d+$/.test(id) ? id : undefined;
};

const parseReset = (body: Buffer) => {
  const { users, calls, switches } = readFields('the reset', readJson(body), {
    users: optional(integer(0, MAX_USERS)),
    calls: optional(integer(0, MAX_CALLS)),
    switches: optional(object),
  });
  return {
    ...(users !== undefined && { users }),
    ...(calls !== undefined && { calls }),
    ...(switches && { switches: parseSwitches(switches) }),
  };
};

const moveClock = ({ clock }: World, body: Buffer) => {
  const change = readFields('the clock', readJson(body), {
    advanceMs: optional(integer(Number.MIN_SAFE_INTEGER)),
    reset: optional(flag),
  });
  const { advanceMs, reset = false } = change;
  if ((advanceMs === undefined) !== reset)
    throw new InputError('The clock takes either {"advanceMs": n} or {"reset": true}.');
  if (advanceMs === undefined) return clock.reset();
  if (Number.isNaN(new Date(clock.now() + advanceMs).getTime()))
    throw new InputError('"advanceMs" leads past the end of time.');
  clock.advance(advanceMs);
};

const createRoutes = ({ world, faults, log, simulator, interrupt }: ControlOptions): readonly Route[] => {
  const platforms = world.platforms.map(({ name }) => name);
  const now = () => jsonReply(200, { now: new Date(world.clock.now()).toISOString() });

  const reset = ({ body }: Incoming) => {
    const changes = parseReset(body);
    interrupt();
    faults.clear();
    log.clear();
    simulator.stop();
    world.reset(changes);
    simulator.start();
    return nothing;
  };

  return [
    {
      method: 'GET',
      path: `${PREFIX}/requests`,
      does: 'The requests that came in and how each was answered, oldest first; filters: platform, service, route, object, action, method, since (an id).',
      handle: ({ query }) =>
        jsonReply(200, { requests: log.list(parseRequestFilter(query, platforms)), dropped: log.dropped() }),
    },
    {
      method: 'DELETE',
      path: `${PREFIX}/requests`,
      does: 'Forgets the requests.',
      handle: () => {
        log.clear();
        return nothing;
      },
    },
    {
      method: 'GET',
      path: `${PREFIX}/faults`,
      does: 'The fault rules and how often each fired.',
      handle: () => jsonReply(200, { faults: faults.list() }),
    },
    {
      method: 'POST',
      path: `${PREFIX}/faults`,
      does: 'Adds a rule {match?, times?, skip?, fault: {type, …}}; the first that matches and has times left applies.',
      handle: ({ body }) => jsonReply(201, faults.add(parseRule(readJson(body), platforms))),
    },
    {
      method: 'DELETE',
      path: `${PREFIX}/faults`,
      does: 'Deletes every fault rule.',
      handle: () => {
        faults.clear();
        return nothing;
      },
    },
    {
      method: 'DELETE',
      path: `${PREFIX}/faults/{id}`,
      does: 'Deletes one fault rule.',
      handle: (_incoming, id) =>
        faults.remove(Number(id)) ? nothing : refusal(404, `There is no fault rule ${id}.`),
    },
    {
      method: 'POST',
      path: `${PREFIX}/reset`,
      does: 'A fresh world {users?, calls?, switches?}: no faults, no logged requests, the clock of the machine, waiting requests cut.',
      handle: reset,
    },
    {
      method: 'GET',
      path: `${PREFIX}/switches`,
      does: 'The quirk switches.',
      handle: () => jsonReply(200, world.switches),
    },
    {
      method: 'PATCH',
      path: `${PREFIX}/switches`,
      does: 'Changes the switches that are named, from the next request on.',
      handle: ({ body }) => jsonReply(200, Object.assign(world.switches, parseSwitches(readJson(body)))),
    },
    { method: 'GET', path: `${PREFIX}/clock`, does: "The sandbox's time.", handle: now },
    {
      method: 'POST',
      path: `${PREFIX}/clock`,
      does: 'Moves the time {advanceMs} or goes back to that of the machine {reset: true}.',
      handle: ({ body }) => {
        moveClock(world, body);
        return now();
      },
    },
    {
      method: 'POST',
      path: `${PREFIX}/events`,
      does: 'Publishes an event {platform, count?, …} or plays a call on both platforms {scenario: "call", from, to, steps?, stepMs?, record?}; with ?wait=1 answers after its last step.',
      handle: (incoming) => postEvent(incoming, readJson(incoming.body), { world, simulator }),
    },
    {
      method: 'GET',
      path: `${PREFIX}/deliveries`,
      does: 'The webhooks that were sent, every try of each, and how each subscription fares; filters: platform, subscription, state, since (an id).',
      handle: ({ query }) => listDeliveries(world, query),
    },
    {
      method: 'DELETE',
      path: `${PREFIX}/deliveries`,
      does: 'Forgets the deliveries.',
      handle: () => {
        world.sender.log.clear();
        return nothing;
      },
    },
  ];
};

export const createControl = (options: ControlOptions): Control => {
  const listed = createRoutes(options);
  const index = listed.map(({ method, path, does }) => ({ method, path, does }));
  const routes = [
    { method: 'GET', path: PREFIX, does: '', handle: () => jsonReply(200, { routes: index }) },
    ...listed,
  ];

  const answer = async (incoming: Incoming): Promise<Reply> => {
    const path = incoming.path.replace(/\/$/, '');
    const matching = routes.filter((route) => matchPath(route.path, path) !== undefined);
    const route = matching.find(({ method }) => method === incoming.method);
    if (route) return route.handle(incoming, matchPath(route.path, path) ?? '');
    if (matching.length === 0) return refusal(404, `There is no ${path}; GET ${PREFIX} lists what there is.`);
    const allow = matching.map(({ method }) => method).join(', ');
    return refusal(405, `${path} takes ${allow}.`, { allow });
  };

  return {
    accepts: (path, remoteAddress) =>
      (path === PREFIX || path.startsWith(`${PREFIX}/`)) && isLoopbackAddress(remoteAddress),
    handle: async (incoming) => {
      const { host, origin } = incoming.headers;
      // A page whose name has been pointed at this machine sends no origin for its own host: the name gives it away.
      if (host !== undefined && !isLoopbackHost(host))
        return refusal(403, 'The sandbox is driven under a name of this machine, such as localhost.');
      if (origin !== undefined && !isLoopbackOrigin(origin))
        return refusal(403, 'A web page of another host cannot drive the sandbox.');
      try {
        return await answer(incoming);
      } catch (error) {
        if (error instanceof InputError) return refusal(400, error.message);
        throw error;
      }
    },
  };
};
