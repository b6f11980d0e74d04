import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BEN, itemsOf, linksOf, userIdOf, ADA } from './cloudlink.ts';
import { MEDIA_TOPIC, SUBSCRIPTIONS, withNotifications } from './notifications.ts';

const DAY_MS = 24 * 3600 * 1000;

describe('a subscription', () => {
  it('answers with its id and when it ends', async () => {
    const { ask, wish, clock } = await withNotifications();
    const json = wish(MEDIA_TOPIC, { subjectFilter: '/2017-09-01/endpoints/', unknown: 1 });
    const { status, body } = await ask('POST', SUBSCRIPTIONS, { json });
    const { unknown: _unknown, ...known } = json as Record<string, unknown>;
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...known, principalId: userIdOf(ADA) });
    expect(body.subscriptionId).toMatch(/^[0-9a-f]{32}$/);
    expect(Date.parse(String(body.expiresOn)) - clock.now()).toBe(DAY_MS);
    expect(body).not.toHaveProperty('unknown');
    expect(linksOf(body).self).toBe(`/2017-09-01/subscriptions/${String(body.subscriptionId)}`);
  });

  it('that is asked for again is the same one and lives longer', async () => {
    const { ask, wish, clock } = await withNotifications();
    const json = wish(MEDIA_TOPIC);
    const first = await ask('POST', SUBSCRIPTIONS, { json });
    clock.advance(3_600_000);
    const { status, body } = await ask('POST', SUBSCRIPTIONS, { json });
    expect(status).toBe(200);
    expect(body.subscriptionId).toBe(first.body.subscriptionId);
    expect(body.createdOn).toBe(first.body.createdOn);
    expect(Date.parse(String(body.expiresOn)) - Date.parse(String(first.body.expiresOn))).toBe(3_600_000);
  });

  it.each([
    { topic: 'platform-api-admin' },
    { subjectFilter: 'other' },
    { method: 'PUT' },
    { publicationFilter: '$.publications[*]' },
    { deviceId: 'http://127.0.0.1:1/other' },
    { applicationId: 'other' },
  ])('that differs in %j is another one', async (change) => {
    const { subscribe } = await withNotifications();
    expect(await subscribe(MEDIA_TOPIC)).not.toBe(await subscribe(MEDIA_TOPIC, change));
  });

  it('of somebody else is another one, and nobody else finds it', async () => {
    const { subscribe, signIn, ask } = await withNotifications();
    const ben = await signIn(BEN);
    const [own, theirs] = [await subscribe(MEDIA_TOPIC), await subscribe(MEDIA_TOPIC, {}, ben)];
    expect(own).not.toBe(theirs);
    const ids = itemsOf(await ask('GET', SUBSCRIPTIONS)).map(({ subscriptionId }) => subscriptionId);
    expect(ids).toEqual([own]);
    expect((await ask('DELETE', `${SUBSCRIPTIONS}/${theirs}`)).status).toBe(404);
  });

  it('that is deleted is gone', async () => {
    const { subscribe, ask } = await withNotifications();
    const id = await subscribe(MEDIA_TOPIC);
    expect((await ask('DELETE', `${SUBSCRIPTIONS}/${id}`)).status).toBe(200);
    expect((await ask('DELETE', `${SUBSCRIPTIONS}/${id}`)).status).toBe(404);
    expect(itemsOf(await ask('GET', SUBSCRIPTIONS))).toEqual([]);
  });

  it('ends by itself, and what is asked for then is a new one', async () => {
    const { subscribe, ask, clock, control, receiver } = await withNotifications({
      cloudlinkSubscriptionSeconds: 60,
    });
    const id = await subscribe(MEDIA_TOPIC);
    clock.advance(60_000);
    expect(itemsOf(await ask('GET', SUBSCRIPTIONS))).toEqual([]);
    const event = { platform: 'cloudlink', topic: MEDIA_TOPIC, subject: '/x' };
    expect(await (await control('POST', '/events', event)).json()).toMatchObject({ subscriptions: 0 });
    expect(await subscribe(MEDIA_TOPIC)).not.toBe(id);
    expect(receiver.posts).toEqual([]);
  });

  it.each([
    [{ transport: 'websocket' }, 'The websocket transport is not available'],
    [{ transport: 'fax' }, 'data.transport should be equal to one of the allowed values'],
    [{ deviceId: 'ftp://example.test/x' }, 'data.deviceId should be an http or https URL'],
    [{ deviceId: 'my-phone' }, 'data.deviceId should be an http or https URL'],
    [{ subjectFilter: '(' }, 'data.subjectFilter should match format "regex"'],
    [{ publicationFilter: '$' }, 'data.publicationFilter is malformed: it should begin with $.publications['],
    [{ applicationId: undefined }, "data should have required property 'applicationId'"],
  ])('with %j is refused', async (change, message) => {
    const { ask, wish } = await withNotifications();
    const answer = await ask('POST', SUBSCRIPTIONS, { json: wish(MEDIA_TOPIC, change) });
    expect(answer).toMatchObject({ status: 400, body: { name: 'BadRequestError', message } });
  });
});

describe('by switch', () => {
  it('a new subscription is tried out once', async () => {
    const { subscribe, received, receivedAll } = await withNotifications({ cloudlinkWebhookTest: true });
    const id = await subscribe(MEDIA_TOPIC);
    const [test] = await received(1);
    expect(test).toMatchObject({
      method: 'POST',
      subject: `/subscriptions/${id}`,
      content: { eventType: 'SubscriptionTestNotification' },
      subscription: { subscriptionId: id },
    });
    await subscribe(MEDIA_TOPIC);
    expect(await receivedAll()).toHaveLength(1);
  });

  it('every delivery is signed with the id of the application', async () => {
    const { subscribe, receiver, control } = await withNotifications({ cloudlinkWebhookSignature: true });
    await subscribe(MEDIA_TOPIC);
    await control('POST', '/events', { platform: 'cloudlink', topic: MEDIA_TOPIC, subject: '/x' });
    await receiver.received(1);
    const [post] = receiver.posts;
    const expected = createHmac('sha256', 'test-application')
      .update(post?.text ?? '')
      .digest('hex');
    expect(post?.headers['x-mitel-signature']).toBe(expected);
  });

  it('no delivery is signed unless it is asked for', async () => {
    const { subscribe, receiver, control } = await withNotifications();
    await subscribe(MEDIA_TOPIC);
    await control('POST', '/events', { platform: 'cloudlink', topic: MEDIA_TOPIC, subject: '/x' });
    await receiver.received(1);
    expect(receiver.posts[0]?.headers).not.toHaveProperty('x-mitel-signature');
  });

  it('publications come in lists', async () => {
    const { subscribe, receiver, control } = await withNotifications({ cloudlinkPublications: 'list' });
    await subscribe(MEDIA_TOPIC);
    await control('POST', '/events', { platform: 'cloudlink', topic: MEDIA_TOPIC, subject: '/x' });
    expect(await receiver.received(1)).toMatchObject([{ publications: [{ subject: '/x' }] }]);
  });

  it('several publications share a delivery', async () => {
    const { subscribe, receiver, control } = await withNotifications({ webhookBatch: 4 });
    await subscribe(MEDIA_TOPIC);
    const event = { platform: 'cloudlink', topic: MEDIA_TOPIC, subject: '/x/{index}', count: 6 };
    await control('POST', '/events', event);
    const bodies = (await receiver.received(2)) as { publications: { subject: string }[] }[];
    const subjects = bodies.map(({ publications }) => publications.map(({ subject }) => subject));
    expect(subjects).toEqual([
      ['/x/0', '/x/1', '/x/2', '/x/3'],
      ['/x/4', '/x/5'],
    ]);
  });
});
