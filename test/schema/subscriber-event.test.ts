import { expect, it } from 'vitest';
import { ACME } from '../helpers/legacy.ts';
import { eventOf, withLive } from '../helpers/live.ts';

const FOLLOW = `subscription ($domain: String) {
  subscriberEvents(domain: $domain) {
    change subscriber { id extension domainName name statusMessage scope user { name } }
  }
}`;

it('subscribers are told of as they are made and changed, those of the caller’s domain where none is named', async () => {
  const { follow, platforms, bill } = await withLive();
  const stream = await follow(FOLLOW);
  expect(await bill()).toEqual(['event create', 'event read', 'oauth2 read', 'subscriber read']);

  const key = { domain: ACME, user: '0990' };
  await platforms.legacy('subscriber create', {
    ...key,
    first_name: 'Nina',
    last_name: 'Novak',
    scope: 'Basic User',
    subscriber_pin: '4711',
    email: 'nina@example.test',
  });
  const [made] = (await stream.take(1)).map(eventOf);
  await platforms.legacy('subscriber update', { ...key, message: 'New here' });
  const [changed] = (await stream.take(1)).map(eventOf);
  expect(made).toMatchObject({
    change: 'CREATED',
    subscriber: { extension: '0990', domainName: ACME, name: 'Nina Novak', scope: 'BASIC_USER' },
  });
  expect(changed).toMatchObject({
    change: 'UPDATED',
    subscriber: { id: made?.['subscriber'].id, statusMessage: 'New here' },
  });
});

it('somebody who is made and changed before it is told is told of as made, as they are then', async () => {
  const { follow, platforms } = await withLive();
  const stream = await follow(FOLLOW);
  const key = { domain: ACME, user: '0991' };
  await platforms.legacy('subscriber create', {
    ...key,
    first_name: 'Nils',
    last_name: 'Novak',
    scope: 'Basic User',
    subscriber_pin: '4711',
    email: 'nils@example.test',
  });
  // The platform waits a little for what else happens, and tells both at once.
  await platforms.legacy('subscriber update', { ...key, message: 'New here' });
  expect((await stream.take(1)).map(eventOf)).toMatchObject([
    { change: 'CREATED', subscriber: { extension: '0991', statusMessage: 'New here' } },
  ]);
});
