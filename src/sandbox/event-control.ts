import { parseCallScenario } from './call-scenario.ts';
import type { Incoming, Reply } from './exchange.ts';
import {
  InputError,
  integer,
  object,
  oneOf,
  optional,
  readField,
  readFields,
  text,
  type Field,
} from './input.ts';
import { jsonReply } from './reply.ts';
import type { Simulator } from './simulator.ts';
import type { LoggedDelivery } from './webhook/delivery-log.ts';
import type { World } from './world.ts';

const MOST_EVENTS = 100_000;
const INDEX = '{index}';

const id: Field<string> = {
  expects: 'the id of a delivery',
  accepts: (value): value is string => typeof value === 'string' && /^\d+$/.test(value),
};

/** Which deliveries a query string asks for; throws an InputError that names the filters there are. */
const parseDeliveryFilter = (
  query: string,
  platforms: readonly string[],
): ((delivery: LoggedDelivery) => boolean) => {
  const { platform, subscription, state, since } = readFields(
    'the query',
    Object.fromEntries(new URLSearchParams(query)),
    {
      platform: optional(oneOf(platforms)),
      subscription: optional(text),
      state: optional(oneOf(['waiting', 'delivered', 'failed', 'dropped'])),
      since: optional(id),
    },
  );
  return (delivery) =>
    (since === undefined || delivery.id > Number(since)) &&
    (platform === undefined || delivery.platform === platform) &&
    (subscription === undefined || delivery.subscriptionId === subscription) &&
    (state === undefined || delivery.state === state);
};

/** The deliveries that were made and how each subscription fares. */
export const listDeliveries = ({ sender, platforms }: World, query: string): Reply => {
  const isWanted = parseDeliveryFilter(
    query,
    platforms.map(({ name }) => name),
  );
  const { log } = sender;
  return jsonReply(200, {
    deliveries: log.list(isWanted),
    subscriptions: sender.counts(),
    dropped: log.dropped(),
  });
};

const playCall = async (
  { world, simulator, isAwaited }: { world: World; simulator: Simulator; isAwaited: boolean },
  scenario: unknown,
): Promise<Reply> => {
  const { ids, done } = simulator.play(parseCallScenario(scenario, world.company()));
  if (isAwaited) await done;
  return jsonReply(isAwaited ? 200 : 202, { ids });
};

/** Publishes an event, so many times over; `{index}` in any text of it counts them. */
const publish = (
  world: World,
  { platform, count = 1, ...event }: Readonly<Record<string, unknown>>,
): Reply => {
  const names = world.running.map(({ name }) => name);
  const name = readField('"platform" of the event', platform, oneOf(names));
  const times = readField('"count" of the event', count, integer(1, MOST_EVENTS));
  const running = world.running.find((one) => one.name === name);
  const template = JSON.stringify(event);
  let reached = 0;
  for (let index = 0; index < times; index += 1) {
    const one: unknown = JSON.parse(template.replaceAll(INDEX, String(index)));
    reached = running?.platform.publish(one) ?? 0;
  }
  return jsonReply(202, { published: times, subscriptions: reached });
};

const isWaitedFor = (query: string): boolean => {
  const { wait = '0' } = readFields('the query', Object.fromEntries(new URLSearchParams(query)), {
    wait: optional(oneOf(['0', '1'])),
  });
  return wait === '1';
};

/** `{platform, …}` publishes an event as it is given, `{scenario: "call", …}` plays a call. Throws an InputError. */
export const postEvent = (
  { query }: Incoming,
  given: unknown,
  { world, simulator }: { readonly world: World; readonly simulator: Simulator },
): Reply | Promise<Reply> => {
  const isAwaited = isWaitedFor(query);
  if (!object.accepts(given)) throw new InputError(`Expected the event as ${object.expects}.`);
  const { scenario, ...rest } = given;
  if (scenario === undefined) return publish(world, rest);
  readField('"scenario"', scenario, oneOf(['call']));
  return playCall({ world, simulator, isAwaited }, rest);
};
