import type { Clock } from '../clock.ts';
import type { Switches } from '../switches.ts';
import { createTimers } from '../timers.ts';
import { createDeliveryLog, type DeliveryLog } from './delivery-log.ts';
import { createOutbox, type Outbox, type OutboxCount, type WebhookTarget } from './outbox.ts';
import { createPoster } from './post.ts';

/** Posts the events of both platforms to whoever subscribed, each subscription by itself: a dead one harms no other. */
export interface WebhookSender {
  /** Events of the same key reach the subscription one after the other, unless something goes wrong. */
  send(target: WebhookTarget, event: object, key: string): void;
  /** Forgets what waits for a subscription that has ended. */
  drop(platform: string, subscriptionId: string): void;
  counts(): readonly OutboxCount[];
  readonly log: DeliveryLog;
  /** Forgets everything and cuts what is under way. Nothing runs on; it can be used again. */
  stop(): void;
}

export interface WebhookSenderOptions {
  readonly clock: Clock;
  readonly switches: Readonly<Switches>;
}

export const createWebhookSender = ({ clock, switches }: WebhookSenderOptions): WebhookSender => {
  const log = createDeliveryLog(clock);
  const timers = createTimers();
  const poster = createPoster();
  const outboxes = new Map<string, Outbox>();

  const keyOf = (platform: string, subscriptionId: string) => `${platform} ${subscriptionId}`;

  return {
    send: (target, event, key) => {
      const name = keyOf(target.platform, target.subscriptionId);
      const outbox = outboxes.get(name) ?? createOutbox({ target, switches, log, timers, poster });
      outboxes.set(name, outbox);
      outbox.add(event, key);
    },
    drop: (platform, subscriptionId) => {
      const name = keyOf(platform, subscriptionId);
      outboxes.get(name)?.stop();
      outboxes.delete(name);
    },
    counts: () => [...outboxes.values()].map((outbox) => outbox.count()),
    log,
    stop: () => {
      for (const outbox of outboxes.values()) outbox.stop();
      outboxes.clear();
      timers.clear();
      poster.abort();
      log.clear();
    },
  };
};
