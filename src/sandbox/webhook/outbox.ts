import type { Switches } from '../switches.ts';
import type { Timers } from '../timers.ts';
import type { DeliveryEntry, DeliveryLog } from './delivery-log.ts';
import { createDisturbance, GATHER_MS } from './disturbance.ts';
import type { Poster } from './post.ts';

/** A subscription as its platform wants it served. */
export interface WebhookTarget {
  readonly platform: string;
  readonly subscriptionId: string;
  readonly url: string;
  /** The waits before each further try of a delivery; after the last it is given up. */
  readonly retryMs: readonly number[];
  /** How many events one delivery may carry: with more than one they are gathered for a moment. */
  batchSize(): number;
  /** What is posted for these events. */
  write(events: readonly object[]): {
    readonly body: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
}

/** How a subscription fares. */
export interface OutboxCount {
  readonly platform: string;
  readonly subscriptionId: string;
  readonly posts: number;
  readonly errors: number;
  readonly waiting: number;
  readonly dropped: number;
}

export interface OutboxOptions {
  readonly target: WebhookTarget;
  readonly switches: Readonly<Switches>;
  readonly log: DeliveryLog;
  readonly timers: Timers;
  readonly poster: Poster;
}

/** What is on its way to one subscription. Events of the same key go out one after the other, unless one has to be tried again. */
export interface Outbox {
  add(event: object, key: string): void;
  count(): OutboxCount;
  /** Forgets everything that waits. */
  stop(): void;
}

/** As many posts of one subscription at once; no other subscription ever waits for them. */
const LANES = 8;
const MAX_WAITING = 100_000;

interface Parcel {
  readonly events: readonly object[];
  readonly lane: number;
}

interface Delivery {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly lane: number;
  readonly entry: DeliveryEntry;
}

const laneOf = (key: string): number => {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) >>> 0;
  return hash % LANES;
};

export const createOutbox = ({ target, switches, log, timers, poster }: OutboxOptions): Outbox => {
  const { platform, subscriptionId, url } = target;
  const { pathname, search } = new URL(url);
  const lanes = Array.from({ length: LANES }, () => ({ waiting: [] as Delivery[], isBusy: false }));
  const tally = { posts: 0, errors: 0, waiting: 0, dropped: 0 };
  let gathered: object[] = [];
  let isStopped = false;

  const end = (
    { entry }: Delivery,
    state: 'delivered' | 'failed' | 'dropped',
    count: 'posts' | 'errors' | 'dropped',
  ) => {
    entry.noteState(state);
    tally[count] += 1;
    tally.waiting -= 1;
  };

  const attempt = async (delivery: Delivery): Promise<void> => {
    const { body, headers, entry } = delivery;
    const outcome = await poster.post({ url, body, headers, timeoutMs: switches.webhookTimeoutMs });
    if (isStopped || (outcome.status === null && outcome.isAborted)) return;
    const { status } = outcome;
    entry.noteAttempt({ status, ...(outcome.status === null && { error: outcome.error }) });
    if (status !== null && status >= 200 && status < 300) return end(delivery, 'delivered', 'posts');
    const waits = switches.webhookRetryMs.length > 0 ? switches.webhookRetryMs : target.retryMs;
    const wait = waits[entry.attempts() - 1];
    if (wait === undefined) return end(delivery, 'failed', 'errors');
    // Aside, so that nothing waits for it.
    timers.after(wait, () => enqueue(delivery));
  };

  const run = async (lane: number): Promise<void> => {
    const queue = lanes[lane];
    if (queue === undefined || queue.isBusy) return;
    queue.isBusy = true;
    for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift())
      await attempt(next);
    queue.isBusy = false;
  };

  const enqueue = (delivery: Delivery): void => {
    if (isStopped) return;
    lanes[delivery.lane]?.waiting.push(delivery);
    void run(delivery.lane);
  };

  const post = createDisturbance<Parcel>({
    switches,
    timers,
    release: ({ events, lane }) => {
      if (isStopped) return;
      const { body, headers = {} } = target.write(events);
      const entry = log.start({ platform, subscriptionId, path: `${pathname}${search}`, body });
      const delivery = { body, headers, lane, entry };
      tally.waiting += 1;
      if (tally.waiting > MAX_WAITING) end(delivery, 'dropped', 'dropped');
      else enqueue(delivery);
    },
  });

  const flush = (): void => {
    const events = gathered;
    gathered = [];
    if (events.length > 0) post({ events, lane: 0 });
  };

  return {
    add: (event, key) => {
      if (target.batchSize() <= 1 && gathered.length === 0)
        return post({ events: [event], lane: laneOf(key) });
      gathered.push(event);
      if (gathered.length >= target.batchSize()) flush();
      else if (gathered.length === 1) timers.after(GATHER_MS, flush);
    },
    // What is still gathered is to be posted as well.
    count: () => ({ platform, subscriptionId, ...tally, waiting: tally.waiting + gathered.length }),
    stop: () => {
      isStopped = true;
      gathered = [];
      for (const { waiting } of lanes) waiting.length = 0;
    },
  };
};
