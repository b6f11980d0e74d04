import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { playCall } from '../helpers/feed.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, platformsOf, withLive } from '../helpers/live.ts';
import { openStream } from '../helpers/subscribers.ts';

const ACCOUNT = guid(1, 1);
const personId = (index: number, extension: string) =>
  globalId('both', 'Person', `${ACCOUNT}/${guid(2, index)},${ACME}/${extension}`);
const ADA = personId(1, '1001');
const BEN = personId(2, '1002');

/** Slow enough for the platform not to tell several steps at once. */
const call = { from: '+15550100', to: '1001', steps: ['connected', 'completed'], stepMs: 400 };

const FOLLOW = `subscription ($people: [ID!], $domain: String) {
  presenceEvents(people: $people, domain: $domain) {
    change
    presence {
      __typename
      ... on UserPresence { status reason }
      ... on PresenceEntry { extension presence statusMessage }
    }
    person { name presence { status } }
  }
}`;

it('people are told of by both platforms, and as one person', async () => {
  const { gateway, follow, platforms, bill } = await withLive();
  const stream = await follow(FOLLOW, { people: [ADA, BEN] });
  expect(await bill()).toEqual(
    [
      'GET /presences',
      'GET /subscriptions',
      'GET /token',
      'POST /subscriptions',
      'event create',
      'event read',
      'oauth2 read',
      'presence list',
    ].toSorted(),
  );

  await platforms.cloudlink('PUT', `presence/users/${guid(2, 1)}/presence`, {
    status: 'away',
    reason: 'Lunch',
  });
  const [away] = (await stream.take(1)).map(eventOf);
  expect(away).toMatchObject({
    change: 'UPDATED',
    presence: { __typename: 'UserPresence', status: 'AWAY', reason: 'Lunch' },
    person: { name: 'Ada Example' },
  });
  await bill();

  // Of somebody else in the domain, of whom nothing is to be told.
  await platforms.legacy('subscriber update', { domain: ACME, user: '1003', message: 'Not asked for' });
  await playCall(gateway.sandbox, call);
  const [ringing] = (await stream.take(1)).map(eventOf);
  expect(ringing).toMatchObject({
    change: 'UPDATED',
    presence: { __typename: 'PresenceEntry', extension: '1001', presence: 'ALERTING' },
    person: { name: 'Ada Example' },
  });
});

it('a line that rings, talks and is free again soon is told to the end', async () => {
  const { gateway, follow } = await withLive();
  const stream = await follow(FOLLOW, { people: [ADA] });
  await playCall(gateway.sandbox, call);
  const told: string[] = [];
  while (told.at(-1) !== 'OPEN')
    told.push(eventOf((await stream.take(1))[0] ?? { data: null })['presence'].presence);
  expect(told).toEqual(['ALERTING', 'IN_USE', 'OPEN']);
});

it('everybody in a domain is told of, whom nobody has named', async () => {
  const { follow, platforms, bill } = await withLive({}, 'ben');
  const stream = await follow(FOLLOW, { domain: ACME });
  expect(await bill()).toEqual(['event create', 'event read', 'oauth2 read', 'presence list']);
  await platforms.legacy('subscriber update', { domain: ACME, user: '1002', message: 'Back at four' });
  expect((await stream.take(1)).map(eventOf)).toMatchObject([
    { presence: { extension: '1002', statusMessage: 'Back at four' }, person: { name: 'Ben Carter' } },
  ]);
});

it('with a token of one platform, that one alone tells of them', async () => {
  const { gateway, bill } = await withLive();
  const { subscriber } = await gateway.tokens();
  await bill();
  const stream = await openStream(gateway, FOLLOW, subscriber, { variables: { people: [ADA] } });
  expect(await bill()).toEqual(['event create', 'event read', 'oauth2 read', 'presence list']);
  const { legacy } = await platformsOf(gateway);
  await legacy('subscriber update', { domain: ACME, user: '1001', message: 'Here' });
  expect((await stream.take(1)).map(({ data }) => data?.['presenceEvents'].presence)).toMatchObject([
    { extension: '1001', statusMessage: 'Here' },
  ]);
});

it('nobody is told of anybody without a token', async () => {
  const { gateway } = await withLive();
  const stream = await openStream(gateway, FOLLOW, {}, { variables: { people: [ADA] } });
  const [{ errors } = {}] = await stream.take(1);
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

it.each([
  [{ domain: '*' }, 'domain', 'must be one exact name'],
  [{ people: [] }, 'people', 'must hold 1 to 50 ids, not 0'],
  [
    { people: [ADA, globalId('cloudlink', 'User', `${ACCOUNT}/${guid(2, 2)}`)] },
    'people.1',
    'must be the id of a Person',
  ],
  [{}, 'presenceEvents', 'needs exactly one of `people` and `domain`'],
])('%j is refused', async (variables, argument, words) => {
  const { follow, bill } = await withLive();
  const [{ errors } = {}] = await (await follow(FOLLOW, variables)).take(1);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
  expect(errors?.[0]?.message).toContain(words);
  expect(await bill()).toEqual([]);
});
