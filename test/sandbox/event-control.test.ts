import { describe, expect, test } from 'vitest';
import { CLIENT, PASSWORD } from '../../src/sandbox/company.ts';
import { withSandbox } from '../helpers/sandbox.ts';
import { allDelivered, startReceiver } from './receiver.ts';

const ACME = 'acme.12345.service';
const MEDIA = 'platform-api-media';

type Row = Readonly<Record<string, unknown>>;

/** Both platforms, with Ada signed in on either and a receiver of everything. */
const startBoth = async (options: Parameters<typeof withSandbox>[0] = {}) => {
  const sandbox = await withSandbox(options);
  const receiver = await startReceiver();

  const post = async (
    path: string,
    body: string | URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<unknown> => {
    const response = await fetch(`${sandbox.url}${path}`, { method: 'POST', body, headers });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  };
  const form = (fields: Record<string, string>) => new URLSearchParams(fields);
  const tokenOf = async (path: string, fields: Record<string, string>) => {
    const { access_token: token } = (await post(
      path,
      form({ grant_type: 'password', password: PASSWORD, ...fields }),
    )) as Row;
    return `Bearer ${String(token)}`;
  };
  const cloudlink = await tokenOf('/authentication/2017-09-01/token', { username: 'ada@example.test' });
  const legacy = await tokenOf('/ns-api/oauth2/token', {
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    username: `1001@${ACME}`,
  });

  const subscribe = (topic: string, path = 'cloudlink', change: object = {}) =>
    post(
      '/notifications/2017-09-01/subscriptions',
      JSON.stringify({
        transport: 'webhook',
        topic,
        deviceId: `${receiver.url}/${path}`,
        applicationId: 'test',
        ...change,
      }),
      { authorization: cloudlink },
    );
  const subscribeLegacy = (model: string) =>
    post(
      '/ns-api/',
      form({
        object: 'event',
        action: 'create',
        format: 'json',
        model,
        domain: ACME,
        post_url: `${receiver.url}/${model}`,
      }),
      { authorization: legacy },
    );
  const read = async (path: string): Promise<Row> => {
    const headers = { authorization: path.startsWith('/ns-api') ? legacy : cloudlink };
    const response = await fetch(`${sandbox.url}${path}`, { headers });
    return (await response.json()) as Row;
  };

  const control = (method: string, path: string) => sandbox.control(method, path);
  const close = () => sandbox.close();
  const event = (body: unknown, query = '') => sandbox.control('POST', `/events${query}`, body);
  const receivedAt = async (path: string): Promise<Row[]> => {
    await allDelivered(sandbox.url);
    return receiver.posts
      .filter((one) => one.path === `/${path}`)
      .flatMap(({ text }): Row[] => {
        const body = JSON.parse(text) as Row | Row[];
        return Array.isArray(body) ? body : [body];
      });
  };
  return { ...sandbox, control, close, receiver, subscribe, subscribeLegacy, read, event, receivedAt };
};

const contentOf = (publication: Row) => publication['content'] as Row;

describe('a played call', () => {
  const playRecorded = async () => {
    const both = await startBoth({ switches: { legacyRecordingDelayMs: 0, legacyWriteDelayMs: 0 } });
    await both.subscribe(MEDIA, 'cloudlink', { subjectFilter: 'calls/' });
    for (const model of ['call_origid', 'cdr', 'call_recording']) await both.subscribeLegacy(model);
    const call = { scenario: 'call', from: '1001', to: '1002', stepMs: 0 };
    const response = await both.event(call, '?wait=1');
    const { ids } = (await response.json()) as {
      ids: { cloudlink: { callId: string; views: string[] }; netsapiens: { origCallid: string } };
    };
    return { ...both, status: response.status, ids };
  };

  test('is told by both platforms in their own words, step by step', async () => {
    const { status, ids, receivedAt } = await playRecorded();
    expect(status).toBe(200);
    const publications = await receivedAt('cloudlink');
    const statesOf = (view: string | undefined) =>
      publications.filter((one) => contentOf(one)['callId'] === view).map((one) => contentOf(one)['state']);
    expect(ids.cloudlink.views).toHaveLength(2);
    expect(statesOf(ids.cloudlink.views[0])).toEqual(['connected', 'connected', 'completed']);
    expect(statesOf(ids.cloudlink.views[1])).toEqual([
      'ringing',
      'connected',
      'held',
      'connected',
      'completed',
    ]);
    const events = await receivedAt('call_origid');
    expect(new Set(events.map((row) => row['orig_callid']))).toEqual(new Set([ids.netsapiens.origCallid]));
    expect(events.map((row) => `${String(row['term_call_info'])} ${String(row['remove'])}`)).toEqual([
      'alerting no',
      'active no',
      'held no',
      'active no',
      'active yes',
    ]);
  });

  test('leaves its record, its row and its recording on both sides', async () => {
    const { ids, receivedAt, read, receiver } = await playRecorded();
    const { callId } = ids.cloudlink;
    const { origCallid } = ids.netsapiens;
    const records = await read(`/media/2017-09-01/calls/${callId}/records`);
    expect(records).toMatchObject({ count: 1, _embedded: { items: [{ callId, completed: true }] } });
    const filter = encodeURIComponent(`callId eq '${callId}'`);
    expect(await read(`/media/2017-09-01/recordings?$filter=${filter}`)).toMatchObject({ count: 1 });
    await receiver.until(() => receiver.posts.find(({ path }) => path === '/call_recording'));
    expect(await receivedAt('call_recording')).toMatchObject([{ orig_callid: origCallid }]);
    expect(await receivedAt('cdr')).toMatchObject([{ object: 'cdr', orig_sub: '1001', term_sub: '1002' }]);
  });

  test('from outside has one view, and rings where the company is dialled', async () => {
    const { event, subscribe, subscribeLegacy, receivedAt } = await startBoth();
    await subscribe(MEDIA, 'cloudlink', { subjectFilter: 'endpoints/.*calls/' });
    await subscribeLegacy('call_origid');
    const call = { from: '+12125550188', fromName: 'Riverside Bakery', to: 'ada@example.test' };
    await event({ scenario: 'call', ...call, steps: ['completed'], stepMs: 0 }, '?wait=1');
    const publications = await receivedAt('cloudlink');
    expect(publications.map((one) => contentOf(one))).toMatchObject([
      { endpointId: '1001', state: 'ringing', from: '+12125550188', fromName: 'Riverside Bakery' },
      { endpointId: '1001', state: 'completed', completed: false, cause: 'callNotAnswer' },
    ]);
    expect(await receivedAt('call_origid')).toMatchObject([
      { orig_user: '', orig_domain: '*', orig_to_user: '12125550100', term_user: '1001', remove: 'no' },
      { remove: 'yes' },
    ]);
  });

  test('answers at once with its ids and takes its time', async () => {
    const { event, read } = await startBoth();
    const response = await event({ scenario: 'call', from: '1001', to: '1002', stepMs: 3_600_000 });
    expect(response.status).toBe(202);
    const calls = await read('/media/2017-09-01/endpoints/1002/calls');
    expect(calls).toMatchObject({ count: 1, _embedded: { items: [{ state: 'ringing' }] } });
  });

  test('goes on by itself', async () => {
    const { event, read } = await startBoth();
    await event({ scenario: 'call', from: '1001', to: '1002', stepMs: 1 });
    await expect.poll(() => read('/media/2017-09-01/endpoints/1002/calls')).toMatchObject({ count: 0 });
  });

  test('waits for nothing once the world is reset', async () => {
    const { event, control, read } = await startBoth();
    const waiting = event({ scenario: 'call', from: '1001', to: '1002', stepMs: 3_600_000 }, '?wait=1');
    await expect.poll(() => read('/media/2017-09-01/endpoints/1002/calls')).toMatchObject({ count: 1 });
    await control('POST', '/reset');
    expect((await waiting).status).toBe(200);
  });

  test.each([
    [{ from: '1001' }, '"to" of the call must be a text.'],
    [
      { from: '1001', to: 'nobody' },
      '"to" of the call must be an extension, extension@domain, an e-mail address or a number with a plus.',
    ],
    [
      { from: '+12125550188', to: '+14155550123' },
      'One end of the call must be somebody of the company, the other a colleague or a number.',
    ],
    [{ from: '1001', to: '1001' }, 'Nobody can call themselves.'],
    [
      { from: '1001', to: '1002', steps: ['held'] },
      '"steps" of the call must be a list that ends in "completed", each one of "connected", "held", "completed".',
    ],
  ])('of %j is refused', async (call, message) => {
    const { event } = await startBoth();
    const response = await event({ scenario: 'call', ...call });
    expect([response.status, await response.json()]).toEqual([400, { message }]);
  });
});

describe('a published event', () => {
  test('goes to those who asked for its like, as it is', async () => {
    const { event, subscribe, receivedAt } = await startBoth();
    await subscribe(MEDIA, 'calls', { subjectFilter: '/endpoints/' });
    await subscribe(MEDIA, 'conferences', { subjectFilter: '/conferences/' });
    const raw = {
      topic: MEDIA,
      method: 'DELETE',
      subject: '/2017-09-01/endpoints/1',
      content: { state: 'new' },
    };
    const response = await event({ platform: 'cloudlink', ...raw });
    expect([response.status, await response.json()]).toEqual([202, { published: 1, subscriptions: 1 }]);
    expect(await receivedAt('calls')).toMatchObject([raw]);
    expect(await receivedAt('conferences')).toEqual([]);
  });

  test('goes to all where that is asked for', async () => {
    const { event, subscribe, receivedAt } = await startBoth();
    await subscribe('other', 'one', { subjectFilter: 'x' });
    await event({ platform: 'cloudlink', topic: MEDIA, subject: '/y', all: true });
    expect(await receivedAt('one')).toMatchObject([{ topic: MEDIA, subject: '/y' }]);
  });

  test('of the legacy platform is a row of texts', async () => {
    const { event, subscribeLegacy, receivedAt } = await startBoth();
    await subscribeLegacy('presence');
    const row = { user: '1001', presence: 'new-state', level: 3 };
    await event({ platform: 'netsapiens', model: 'presence', domain: ACME, user: '1001', row });
    await event({ platform: 'netsapiens', model: 'call', domain: ACME, row });
    await event({ platform: 'netsapiens', model: 'presence', domain: 'globex.67890.service', row });
    expect(await receivedAt('presence')).toEqual([{ user: '1001', presence: 'new-state', level: '3' }]);
  });

  test('comes ten thousand times, and each time is another', async () => {
    const { event, subscribeLegacy, subscribe, receivedAt } = await startBoth({
      switches: { webhookBatch: 100 },
    });
    await subscribeLegacy('presence');
    await subscribe(MEDIA);
    const count = 10_000;
    const subject = '/endpoints/{index}';
    await event({ platform: 'cloudlink', topic: MEDIA, subject, count });
    await event({ platform: 'netsapiens', model: 'presence', row: { user: '{index}' }, all: true, count });
    const rows = await receivedAt('presence');
    expect(rows.map(({ user }) => Number(user))).toEqual(Array.from({ length: count }, (_, index) => index));
    const lists = (await receivedAt('cloudlink')) as unknown as {
      publications: { publicationId: string }[];
    }[];
    const ids = lists.flatMap(({ publications }) => publications.map(({ publicationId }) => publicationId));
    expect(new Set(ids).size).toBe(count);
  });

  test.each([
    [{}, '"platform" of the event must be one of "cloudlink", "netsapiens".'],
    [{ platform: 'cloudlink', topic: 'x' }, '"subject" of the event must be a text.'],
    [
      { platform: 'cloudlink', topic: 'x', subject: 'y', method: 'GET' },
      '"method" must be one of POST, PUT, PATCH, DELETE.',
    ],
    [
      { platform: 'netsapiens', model: 'call', row: {} },
      '"domain" of the event, or "all": true, must be given.',
    ],
    [
      { platform: 'cloudlink', topic: 'x', subject: 'y', count: 0 },
      '"count" of the event must be a whole number from 1 to 100000.',
    ],
    [{ scenario: 'war' }, '"scenario" must be one of "call".'],
  ])('of %j is refused', async (body, message) => {
    const { event } = await startBoth();
    const response = await event(body);
    expect([response.status, await response.json()]).toEqual([400, { message }]);
  });
});

describe('the deliveries', () => {
  test('are told with every try, and how each subscription fares', async () => {
    const { control, event, subscribe, url } = await startBoth({ switches: { webhookRetryMs: [1] } });
    const { subscriptionId } = (await subscribe(MEDIA, 'x', { deviceId: 'http://127.0.0.1:1/x?y=1' })) as Row;
    await event({ platform: 'cloudlink', topic: MEDIA, subject: '/x' });
    await allDelivered(url);
    const answer = (await (await control('GET', '/deliveries?state=failed')).json()) as Row;
    const attempt = { at: expect.any(String), status: null, error: expect.stringContaining('ECONNREFUSED') };
    expect(answer).toEqual({
      deliveries: [
        {
          id: 1,
          at: expect.any(String),
          platform: 'cloudlink',
          subscriptionId,
          path: '/x?y=1',
          body: expect.stringContaining('"subject":"/x"'),
          state: 'failed',
          attempts: [attempt, attempt],
        },
      ],
      subscriptions: [{ platform: 'cloudlink', subscriptionId, posts: 0, errors: 1, waiting: 0, dropped: 0 }],
      dropped: 0,
    });
  });

  test('are found by filters, and forgotten', async () => {
    const { control, event, subscribe, subscribeLegacy, receivedAt } = await startBoth();
    await subscribe(MEDIA);
    await subscribeLegacy('call_origid');
    await event({ scenario: 'call', from: '1001', to: '1002', stepMs: 0 }, '?wait=1');
    await receivedAt('cloudlink');
    const countOf = async (query: string) => {
      const { deliveries } = (await (await control('GET', `/deliveries${query}`)).json()) as {
        deliveries: Row[];
      };
      return deliveries.length;
    };
    const [all, own, legacy] = [
      await countOf(''),
      await countOf('?platform=cloudlink'),
      await countOf('?platform=netsapiens'),
    ];
    expect([own > 0, legacy > 0, all]).toEqual([true, true, own + legacy]);
    expect(await countOf('?since=1')).toBe(all - 1);
    expect(await countOf('?subscription=none')).toBe(0);
    expect(await countOf('?state=waiting')).toBe(0);
    expect((await control('DELETE', '/deliveries')).status).toBe(204);
    expect(await countOf('')).toBe(0);
  });

  test('end with a reset, subscriptions too', async () => {
    const { control, event, subscribe } = await startBoth();
    await subscribe(MEDIA, 'x', { deviceId: 'http://127.0.0.1:1/x' });
    await event({ platform: 'cloudlink', topic: MEDIA, subject: '/x' });
    await control('POST', '/reset');
    expect(await (await control('GET', '/deliveries')).json()).toEqual({
      deliveries: [],
      subscriptions: [],
      dropped: 0,
    });
    const response = await event({ platform: 'cloudlink', topic: MEDIA, subject: '/x' });
    expect(await response.json()).toEqual({ published: 1, subscriptions: 0 });
  });
});

test('a sandbox that closes leaves nothing under way', async () => {
  const receiver = await startReceiver(() => undefined);
  const { event, subscribe, close } = await startBoth();
  await subscribe(MEDIA, 'x', { deviceId: `${receiver.url}/x` });
  await event({ platform: 'cloudlink', topic: MEDIA, subject: '/x' });
  await receiver.received(1);
  await close();
  // Sooner than the delivery would have been given up.
  await expect.poll(() => receiver.connections(), { timeout: 2000 }).toBe(0);
});

test('with traffic somebody calls somebody at once, also after a reset', async () => {
  const { read, control } = await startBoth({ traffic: true });
  const countCalls = async () => (await read('/media/2017-09-01/endpoints/1001/calls'))['count'];
  expect(await countCalls()).toBe(1);
  await control('POST', '/reset');
  expect(await countCalls()).toBe(1);
});
