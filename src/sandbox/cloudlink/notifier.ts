import { isDeepStrictEqual } from 'node:util';
import type { PlatformOptions } from '../exchange.ts';
import type { WebhookTarget } from '../webhook/outbox.ts';
import type { Announcement } from './announcement.ts';
import { announce } from './announcements.ts';
import { findEndpoint, stateOf } from './endpoint.ts';
import { endpointKey } from './media-store.ts';
import { createWriter, toContent, toPublication, toSubject, type Publication } from './publication.ts';
import type { Principal } from './service.ts';
import { clientKey, type Store } from './store.ts';
import { isLive, type Subscription } from './subscription-record.ts';
import type { CallChange } from './switchboard.ts';

/** */
const RETRY_MS = [1000, 5000, 30_000];
/** How far the times of publications may run ahead of the clock, to be all different. */
const MOST_AHEAD_MS = 60_000;

/** An event of somebody's own making. */
export interface RawPublication extends Pick<Publication, 'topic' | 'method' | 'subject' | 'content'> {
  /** Only for subscriptions of this account. */
  readonly accountId?: string;
  /** For every subscription there is, whatever its filters say. */
  readonly isForAll: boolean;
}

/** Tells subscribers of what changes in a store. */
export interface Notifier {
  /** Listens to another store from now on; what the one before does is nobody's concern any more. */
  watch(store: Store): void;
  publish(event: RawPublication): number;
  /** Ends the subscriptions that have expired. */
  expire(): void;
  hasSubscriptions(): boolean;
}

/** Who a subscription is for as they are today: a new role counts at once, and whoever is gone is told nothing. */
const findPrincipal = (store: Store, { principalId, accountId }: Subscription): Principal | undefined => {
  const known = store.clients.get(clientKey(accountId, principalId)) ?? store.users.get(principalId);
  const account = store.accounts.get(accountId);
  return known === undefined || account === undefined
    ? undefined
    : { principalId, accountId, partnerId: account.partnerId, role: known.role };
};

const methodOf = (before: unknown, removed: boolean): string => {
  if (removed) return 'DELETE';
  return before === undefined ? 'POST' : 'PUT';
};

export const createNotifier = ({ clock, switches, sender }: PlatformOptions): Notifier => {
  let watched: Store | undefined;
  let lastTimestamp = 0;

  const takeTimestamp = (): number => {
    const now = clock.now();
    const isAhead = lastTimestamp >= now && lastTimestamp < now + MOST_AHEAD_MS;
    lastTimestamp = isAhead ? lastTimestamp + 1 : now;
    return lastTimestamp;
  };

  const toTarget = (subscription: Subscription): WebhookTarget => ({
    platform: 'cloudlink',
    subscriptionId: subscription.subscriptionId,
    url: subscription.deviceId,
    retryMs: RETRY_MS,
    batchSize: () => Math.max(switches.webhookBatch, 1),
    write: createWriter(subscription, switches),
  });

  const deliver = (subscription: Subscription, publication: Publication): void => {
    const { subscriptionId } = subscription;
    const { notification, ...rest } = publication;
    const event = { ...rest, subscription: { subscriptionId }, notification };
    sender.send(toTarget(subscription), event, publication.subject);
  };

  const liveSubscriptions = (): readonly Subscription[] =>
    [...(watched?.subscriptions.values() ?? [])].filter((one) => isLive(one, clock.now()));

  const publish = (announcement: Announcement, method: string, store: Store): void => {
    const subscriptions = liveSubscriptions();
    if (subscriptions.length === 0) return;
    const publication = toPublication(
      {
        topic: announcement.topic,
        method,
        subject: toSubject(announcement, switches),
        content: toContent(announcement, switches),
        publisher: announcement.publisher,
        eventType: announcement.eventType,
      },
      clock.now(),
      takeTimestamp(),
    );
    for (const subscription of subscriptions) {
      const principal = findPrincipal(store, subscription);
      if (principal !== undefined && subscription.wants(publication) && announcement.isVisibleTo(principal))
        deliver(subscription, publication);
    }
  };

  const onSubscription = (subscription: Subscription, removed: boolean, before: unknown): void => {
    const { subscriptionId, topic, accountId, principalId } = subscription;
    if (removed) return sender.drop('cloudlink', subscriptionId);
    if (before !== undefined || !switches.cloudlinkWebhookTest) return;
    // Whether it is answered changes nothing.
    const subject = `/subscriptions/${subscriptionId}`;
    const content = { eventType: 'SubscriptionTestNotification' };
    const publisher = { accountId, principalId };
    const event = { topic, method: 'POST', subject, content, publisher };
    deliver(subscription, toPublication(event, clock.now(), takeTimestamp()));
  };

  const watch = (store: Store): void => {
    watched = store;
    lastTimestamp = 0;
    const tell = (noun: string, record: unknown, method: string) => {
      if (watched !== store || store.subscriptions.size === 0) return;
      const announcement = announce(noun, record, { store, switches });
      if (announcement !== undefined) publish(announcement, method, store);
    };

    store.listeners.push((noun, record, removed, before) => {
      if (noun === 'subscription') return onSubscription(record as Subscription, removed, before);
      tell(noun, record, methodOf(before, removed));
    });

    // What an endpoint does follows from its calls, so nobody writes it down.
    const states = new Map<string, string>();
    const tellEndpoint = (accountId: string, endpointId: string) => {
      const key = endpointKey(accountId, endpointId);
      const state = stateOf(store, accountId, endpointId);
      const endpoint = findEndpoint(store, accountId, endpointId);
      if (endpoint === undefined || state === (states.get(key) ?? 'idle')) return;
      states.set(key, state);
      tell('endpoint', endpoint, 'PUT');
    };
    store.media.switchboard.onChange(({ accountId, endpointId, before, after }: CallChange) => {
      // The other side of a call may have changed alone. Even a new call is a PUT (facts §8.2).
      if (!isDeepStrictEqual(before, after)) tell('liveCall', { endpointId, view: after }, 'PUT');
      tellEndpoint(accountId, endpointId);
    });
  };

  return {
    watch,
    publish: ({ accountId, isForAll, ...event }) => {
      const publisher = { ...(accountId !== undefined && { accountId }) };
      const publication = toPublication({ ...event, publisher }, clock.now(), takeTimestamp());
      const reached = liveSubscriptions().filter(
        (one) =>
          (accountId === undefined || one.accountId === accountId) && (isForAll || one.wants(publication)),
      );
      for (const subscription of reached) deliver(subscription, publication);
      return reached.length;
    },
    expire: () => {
      for (const [id, subscription] of watched?.subscriptions ?? [])
        if (!isLive(subscription, clock.now())) watched?.subscriptions.delete(id);
    },
    hasSubscriptions: () => (watched?.subscriptions.size ?? 0) > 0,
  };
};
