import { describe, expect, onTestFinished, test } from 'vitest';
import { createClock } from '../../src/sandbox/clock.ts';
import { defaultSwitches, type Switches } from '../../src/sandbox/switches.ts';
import type { WebhookTarget } from '../../src/sandbox/webhook/outbox.ts';
import { createWebhookSender } from '../../src/sandbox/webhook/sender.ts';
import { startReceiver } from './receiver.ts';

const startSender = (switches: Partial<Switches> = {}) => {
  const sender = createWebhookSender({ clock: createClock(), switches: { ...defaultSwitches, ...switches } });
  onTestFinished(() => sender.stop());
  return sender;
};

const toTarget = (url: string, change: Partial<WebhookTarget> = {}): WebhookTarget => ({
  platform: 'cloudlink',
  subscriptionId: 'one',
  url,
  retryMs: [1, 1],
  batchSize: () => 1,
  write: (events) => ({ body: JSON.stringify(events) }),
  ...change,
});

/** The numbers of the events in the order in which they came. */
const numbersOf = (bodies: readonly unknown[]) =>
  (bodies as { number: number }[][]).flatMap((events) => events.map(({ number }) => number));

const everything = () => true;

const sorted = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);

describe('a delivery', () => {
  test('is one POST of JSON with what its platform adds', async () => {
    const receiver = await startReceiver();
    const target = toTarget(`${receiver.url}/hook?secret=1`, {
      write: (events) => ({ body: JSON.stringify(events[0]), headers: { 'x-own': 'yes' } }),
    });
    startSender().send(target, { text: 'Grüße' }, 'a');
    expect(await receiver.received(1)).toEqual([{ text: 'Grüße' }]);
    expect(receiver.posts[0]).toMatchObject({
      path: '/hook?secret=1',
      headers: { 'content-type': 'application/json', 'x-own': 'yes' },
    });
  });

  test('is tried again after each wait of its platform, and given up then', async () => {
    const receiver = await startReceiver((response) => response.writeHead(500).end());
    const sender = startSender();
    sender.send(toTarget(receiver.url), {}, 'a');
    await expect.poll(() => sender.counts()).toMatchObject([{ posts: 0, errors: 1, waiting: 0 }]);
    expect(receiver.posts).toHaveLength(3);
    const statuses = [{ status: 500 }, { status: 500 }, { status: 500 }];
    expect(sender.log.list(everything)).toMatchObject([{ state: 'failed', attempts: statuses }]);
  });

  test('follows the waits of the switch where there are any', async () => {
    const receiver = await startReceiver((response, _post, count) =>
      response.writeHead(count < 5 ? 503 : 200).end(),
    );
    const sender = startSender({ webhookRetryMs: [1, 1, 100, 1] });
    sender.send(toTarget(receiver.url, { retryMs: [] }), {}, 'a');
    await expect.poll(() => sender.counts()).toMatchObject([{ posts: 1, errors: 0 }]);
    expect(receiver.posts).toHaveLength(5);
    const [, , third, fourth] = receiver.posts.map(({ at }) => at);
    expect((fourth ?? 0) - (third ?? 0)).toBeGreaterThan(90);
  });

  test('that nobody answers in time, or nobody takes at all, says why', async () => {
    const receiver = await startReceiver(() => undefined);
    const sender = startSender({ webhookTimeoutMs: 20 });
    sender.send(toTarget(receiver.url, { retryMs: [] }), {}, 'a');
    sender.send(toTarget('http://127.0.0.1:1/', { retryMs: [], subscriptionId: 'two' }), {}, 'a');
    await expect.poll(() => sender.counts()).toMatchObject([{ errors: 1 }, { errors: 1 }]);
    expect(sender.log.list(everything)).toMatchObject([
      { attempts: [{ status: null, error: 'No answer within 20 ms.' }] },
      { attempts: [{ status: null, error: expect.stringContaining('ECONNREFUSED') }] },
    ]);
  });

  test('waits behind those of its key and of no other', async () => {
    const held: (() => void)[] = [];
    const receiver = await startReceiver((response, { text }) => {
      const answer = () => response.writeHead(200).end();
      if (text.includes('"slow"')) held.push(answer);
      else answer();
    });
    const sender = startSender();
    const target = toTarget(receiver.url);
    sender.send(target, { number: 1, is: 'slow' }, 'a');
    sender.send(target, { number: 2 }, 'a');
    sender.send(target, { number: 3 }, 'b');
    expect(sorted(numbersOf(await receiver.received(2)))).toEqual([1, 3]);
    for (const answer of held) answer();
    expect(numbersOf(await receiver.received(3)).at(-1)).toBe(2);
  });
});

test('a dead receiver harms no other', async () => {
  const dead = await startReceiver(() => undefined);
  const alive = await startReceiver();
  const sender = startSender();
  for (let number = 0; number < 200; number += 1) {
    sender.send(toTarget(dead.url, { subscriptionId: 'dead' }), { number }, String(number));
    sender.send(toTarget(alive.url, { subscriptionId: 'alive' }), { number }, String(number));
  }
  await alive.received(200);
  await expect.poll(() => sender.counts()).toMatchObject([{ posts: 0, waiting: 200 }, { posts: 200 }]);
  // As many at once as a subscription may have.
  expect(await dead.connections()).toBeLessThanOrEqual(8);
});

test('ten thousand events of one moment are all delivered, each subject in its order', async () => {
  const receiver = await startReceiver();
  const sender = startSender();
  const target = toTarget(receiver.url);
  for (let number = 0; number < 10_000; number += 1) sender.send(target, { number }, String(number % 10));
  const numbers = numbersOf(await receiver.received(10_000));
  expect(new Set(numbers).size).toBe(10_000);
  for (let subject = 0; subject < 10; subject += 1) {
    const own = numbers.filter((number) => number % 10 === subject);
    expect(own).toEqual(sorted(own));
  }
});

describe('on the way', () => {
  const sendAll = async (switches: Partial<Switches>, count: number, expected: number) => {
    const receiver = await startReceiver();
    const sender = startSender(switches);
    for (let number = 1; number <= count; number += 1) sender.send(toTarget(receiver.url), { number }, 'a');
    return { receiver, numbers: numbersOf(await receiver.received(expected)) };
  };

  test('every nth delivery is doubled', async () => {
    const { numbers } = await sendAll({ webhookDuplicateEvery: 3 }, 6, 8);
    expect(numbers).toEqual([1, 2, 3, 3, 4, 5, 6, 6]);
  });

  test('every nth delivery is late', async () => {
    const { numbers, receiver } = await sendAll({ webhookDelayEvery: 2, webhookDelayMs: 150 }, 4, 4);
    expect(numbers.slice(0, 2)).toEqual([1, 3]);
    expect(numbers.slice(2)).toEqual([2, 4]);
    const [first, , , last] = receiver.posts;
    expect((last?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(100);
  });

  test('the order is another, and the same for the same seed', async () => {
    const { numbers } = await sendAll({ webhookReorder: 8 }, 8, 8);
    const again = await sendAll({ webhookReorder: 8 }, 8, 8);
    const other = await sendAll({ webhookReorder: 8, webhookSeed: 2 }, 8, 8);
    expect(sorted(numbers)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(numbers).not.toEqual(sorted(numbers));
    expect(again.numbers).toEqual(numbers);
    expect(other.numbers).not.toEqual(numbers);
  });

  test('what is left of a group goes out by itself', async () => {
    const { numbers } = await sendAll({ webhookReorder: 8 }, 10, 10);
    expect(sorted(numbers.slice(8))).toEqual([9, 10]);
  });

  test('events of a platform that gathers share a post, as many as it may carry', async () => {
    const receiver = await startReceiver();
    const sender = startSender();
    const target = toTarget(receiver.url, { batchSize: () => 3 });
    for (let number = 1; number <= 4; number += 1) sender.send(target, { number }, String(number));
    expect(await receiver.received(2)).toEqual([
      [{ number: 1 }, { number: 2 }, { number: 3 }],
      [{ number: 4 }],
    ]);
  });
});

describe('once it is stopped', () => {
  test('nothing is sent, tried again or kept', async () => {
    const receiver = await startReceiver((response) => response.writeHead(500).end());
    const sender = startSender({ webhookRetryMs: [1, 1, 1, 1, 1, 1, 1, 1] });
    sender.send(toTarget(receiver.url), {}, 'a');
    await receiver.received(1);
    sender.stop();
    const { length } = receiver.posts;
    // Sooner than the receiver would close it by itself.
    await expect.poll(() => receiver.connections(), { timeout: 2000 }).toBe(0);
    expect(receiver.posts.length).toBeLessThanOrEqual(length + 1);
    expect([sender.counts(), sender.log.list(everything)]).toEqual([[], []]);
  });

  test('it can be used again', async () => {
    const receiver = await startReceiver();
    const sender = startSender();
    sender.send(toTarget(receiver.url), { number: 1 }, 'a');
    await receiver.received(1);
    sender.stop();
    sender.send(toTarget(receiver.url), { number: 2 }, 'a');
    expect(numbersOf(await receiver.received(2))).toEqual([1, 2]);
  });
});
