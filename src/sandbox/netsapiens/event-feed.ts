import type { PlatformOptions } from '../exchange.ts';
import type { WebhookTarget } from '../webhook/outbox.ts';
import type { Cell } from './answer.ts';
import { administers, seesBelongings } from './belonging.ts';
import type { EventSubscription, Model } from './event-record.ts';
import { toEvents, toRecordingEvent, type ModelEvent } from './event-source.ts';
import { isSame } from './filter.ts';
import type { CallDetail } from './past-call.ts';
import { seesDomain } from './scope.ts';
import { territoryOf, toKey, type State } from './state.ts';

/** three more tries, then it counts as an error. */
const RETRY_MS = [1000, 5000, 15_000];
const BATCH_SIZE = 50;

/** An event of somebody's own making. */
export interface RawEvent {
  readonly model: Model;
  readonly row: Readonly<Record<string, string>>;
  readonly domain?: string;
  readonly user?: string;
  /** For every subscription of the model there is. */
  readonly isForAll: boolean;
}

/** Tells subscribers of what changes in a state. */
export interface EventFeed {
  /** Listens to another state from now on; what the one before does is nobody's concern any more. */
  watch(state: State): void;
  publish(event: RawEvent): number;
  /** Tells of recordings that have arrived, and ends the subscriptions that have expired. */
  advance(): void;
  hasSubscriptions(): boolean;
}

const toText = (cell: Cell): string => (typeof cell === 'object' ? '' : cell);

/** All strings, as in every sample (facts §6.4). */
const toStrings = (row: Readonly<Record<string, Cell>>): Record<string, string> =>
  Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, toText(cell)]));

const isAbout = (
  { domain, user, reseller }: EventSubscription,
  event: Pick<ModelEvent, 'domain' | 'users'>,
  state: State,
): boolean =>
  (domain === '*' || isSame(domain, event.domain)) &&
  (user === '*' || event.users.some((one) => isSame(one, user))) &&
  (reseller === '' || reseller === territoryOf(state, event.domain));

/** The same rules as for reading: presence is everybody's of the domain, the audit log its administrators'. */
const maySee = ({ owner: caller }: EventSubscription, event: ModelEvent, state: State): boolean => {
  const { domain, users, model } = event;
  // Whoever has been removed is told nothing more.
  if (!state.subscribers.has(toKey(caller.uid))) return false;
  if (model === 'presence') return seesDomain(caller, state, domain);
  if (model === 'auditlog' || users.length === 0) return administers({ caller, state }, domain);
  return users.some((user) => seesBelongings({ caller, state }, { user, domain }));
};

export const createEventFeed = ({ clock, switches, sender }: PlatformOptions): EventFeed => {
  let watched: State | undefined;
  let unfinished: CallDetail[] = [];

  const toTarget = ({ id, postUrl }: EventSubscription): WebhookTarget => ({
    platform: 'netsapiens',
    subscriptionId: id,
    url: postUrl,
    retryMs: RETRY_MS,
    batchSize: () => BATCH_SIZE,
    write: (rows) => ({ body: JSON.stringify(rows) }),
  });

  const liveSubscriptions = (): readonly EventSubscription[] =>
    [...(watched?.events.values() ?? [])].filter(({ expires }) => expires > clock.now());

  const tell = (event: ModelEvent, state: State): void => {
    for (const subscription of liveSubscriptions()) {
      const isTold =
        subscription.model === event.model &&
        isAbout(subscription, event, state) &&
        maySee(subscription, event, state);
      if (isTold) sender.send(toTarget(subscription), toStrings(event.row(subscription.origin)), '');
    }
  };

  const setting = (state: State) => ({ state, switches, now: clock.now() });

  const watch = (state: State): void => {
    watched = state;
    unfinished = [];
    state.listeners.push((object, record, removed, before) => {
      if (watched !== state || typeof record !== 'object' || record === null) return;
      if (object === 'event') {
        if (removed) sender.drop('netsapiens', (record as EventSubscription).id);
        return;
      }
      if (object === 'cdr2' && (record as CallDetail).isRecorded) unfinished.push(record as CallDetail);
      if (state.events.size === 0) return;
      const change = { record, removed, before: before as object | undefined };
      for (const event of toEvents(object, change, setting(state))) tell(event, state);
    });
  };

  const tellRecordings = (state: State): void => {
    const isThere = ({ releasedAt }: CallDetail) =>
      clock.now() >= releasedAt + switches.legacyRecordingDelayMs;
    const ready = unfinished.filter(isThere);
    if (ready.length === 0) return;
    unfinished = unfinished.filter((detail) => !isThere(detail));
    for (const detail of ready) tell(toRecordingEvent(detail, setting(state)), state);
  };

  return {
    watch,
    publish: ({ model, row, domain = '', user, isForAll }) => {
      const state = watched;
      if (state === undefined) return 0;
      const event = { domain, users: user === undefined ? [] : [user] };
      const reached = liveSubscriptions().filter(
        (one) => one.model === model && (isForAll || isAbout(one, event, state)),
      );
      for (const subscription of reached) sender.send(toTarget(subscription), row, '');
      return reached.length;
    },
    advance: () => {
      if (watched === undefined) return;
      tellRecordings(watched);
      for (const [id, { expires }] of watched.events) if (expires <= clock.now()) watched.events.delete(id);
    },
    hasSubscriptions: () => (watched?.events.size ?? 0) > 0,
  };
};
