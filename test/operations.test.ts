import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { exampleFiles, subscriptionFiles } from './helpers/example-file.ts';
import { withGateway } from './helpers/gateway.ts';
import { openStream, webhooks } from './helpers/subscribers.ts';
import type { LoggedRequest } from '../src/sandbox/requests.ts';

const nameOf = ({ route, object, action }: LoggedRequest) => route ?? `${object} ${action}`;

/** Whether there is anything at all in an answer, at the end of every path. */
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'object' && Object.values(value).every((inner) => isEmpty(inner)));

const allFiles = [...exampleFiles, ...subscriptionFiles];

it('finds every example in the folder of its part, and those of the tour in the order of their numbers', () => {
  expect(allFiles.filter(({ name }) => !/^[a-z]+\/[a-z0-9-]+\.graphql$/.test(name))).toEqual([]);
  const tour = allFiles
    .filter(({ name }) => name.startsWith('tour/'))
    .toSorted((one, other) => one.name.localeCompare(other.name));
  expect(tour.map(({ name }) => name.slice(0, 8))).toEqual(
    tour.map((_file, index) => `tour/${String(index + 1).padStart(2, '0')}-`),
  );
  expect(tour.length).toBeGreaterThanOrEqual(11);
  expect(exampleFiles.length).toBeGreaterThanOrEqual(63);
});

it.each(exampleFiles)(
  '$name answers as it is, for the requests that its bill names',
  async ({ text, bill }) => {
    // Legacy changes show at once, so that each is looked for once: a bill does not depend on the clock.
    const gateway = await withGateway({ switches: { legacyWriteDelayMs: 0 } });
    const session = await gateway.signIn();
    await gateway.sandbox.control('DELETE', '/requests');

    const { data, errors } = await gateway.execute(text, session);

    expect(errors).toEqual([]);
    expect(Object.keys(data ?? {})).not.toEqual([]);
    expect(Object.entries(data ?? {}).filter(([, answer]) => isEmpty(answer))).toEqual([]);

    const requests = (await gateway.sandbox.requests()).map(nameOf);
    expect(requests.toSorted()).toEqual(bill.requests.toSorted());
    expect(requests).toHaveLength(bill.count);
  },
);

it.each(subscriptionFiles)(
  '$name tells something when what it says has happened, for the requests that its bill names',
  async ({ text, bill, event }) => {
    const gateway = await withGateway({ env: webhooks });
    const session = await gateway.signIn();
    await gateway.sandbox.control('DELETE', '/requests');

    const stream = await openStream(gateway, text, session);
    await gateway.sandbox.control('POST', '/events', event);

    const [first] = await stream.take(1);
    expect(first?.errors).toBeUndefined();
    expect(isEmpty(first?.data)).toBe(false);
    const requests = (await gateway.sandbox.requests()).map(nameOf);
    expect(requests.toSorted()).toEqual(bill.requests.toSorted());
    expect(requests).toHaveLength(bill.count);
  },
);

it.each(allFiles)('$name holds one named operation and says first what it is for', ({ text }) => {
  expect(text).toMatch(/^# \S.{20,}\n/);
  const operations = parse(text).definitions.filter(({ kind }) => kind === 'OperationDefinition');
  expect(operations).toHaveLength(1);
  expect(operations[0]).toHaveProperty('name.value', expect.any(String));
});
