import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { countsOf, followBoth, playCall, publicationOf, subscriptionsOfBoth } from '../helpers/feed.ts';
import { withGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';
import { sendRaw } from '../helpers/raw-request.ts';
import { webhooks } from '../helpers/subscribers.ts';

/** A network from which nothing here comes, and an address in it. */
const ELSEWHERE = '203.0.113.0/24';
const PLATFORM = '203.0.113.7';
const SECRET = 'secret-of-the-webhooks';

const both = (networks: string) => ({
  CLOUDLINK_WEBHOOK_NETWORKS: networks,
  SUBSCRIBER_WEBHOOK_NETWORKS: networks,
});

/** A gateway with a follower of calls on both platforms, and the addresses at which it is told. */
const setUp = async (env: Readonly<Record<string, string>>) => {
  const gateway = await withGateway({ env: { ...webhooks, ...env } });
  const { cloudlink, subscriber } = await gateway.tokens();
  const streams = await followBoth(gateway, cloudlink, subscriber);
  const subscribed = await subscriptionsOfBoth(gateway);
  return {
    gateway,
    streams,
    urls: [subscribed.cloudlink?.url ?? '', subscribed.subscriber?.url ?? ''] as const,
  };
};

let calls = 0;
const ringing = () => {
  calls += 1;
  return publicationOf({ callId: `call ${calls}`, state: 'ringing', timestamp: Date.now() });
};
const legacyRinging = () => {
  calls += 1;
  return [{ orig_callid: `call ${calls}`, orig_user: '1002', term_user: '1001', term_domain: ACME }];
};

interface Post {
  /** The address of this machine that it comes from. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const post = async (
  url: string,
  { from = '127.0.0.1', headers = {}, body = ringing() }: Post = {},
): Promise<number | undefined> => {
  const sent = request(url, { method: 'POST', localAddress: from, headers });
  sent.end(typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
};

const forwarded = (addresses: string) => ({ headers: { 'x-forwarded-for': addresses } });

describe('a delivery from another network than the platform has', () => {
  it('is refused though its address is the right one, before it is read, and is no event', async () => {
    const { gateway, urls } = await setUp(both(ELSEWHERE));
    for (const url of urls) {
      expect(await post(url)).toBe(401);
      // Whoever writes this header need not be a proxy.
      expect(await post(url, forwarded(PLATFORM))).toBe(401);
      const { hostname, port, pathname } = new URL(url);
      // A body that is announced and never sent is not waited for.
      const { text } = await sendRaw(
        Number(port),
        `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n`,
      );
      expect(text).toMatch(/^HTTP\/1.1 401 /);
    }
    // Nobody learns there which addresses are the right ones.
    expect(await post(`${urls[0]}x`)).toBe(401);
    expect(await countsOf(gateway.url)).toMatchObject({ deliveries: 0, refused: 7, kept: 0, doubtful: 0 });
  });

  it('is told to the log once a minute for each platform, with what may be set wrong', async () => {
    const { gateway, urls } = await setUp(both(ELSEWHERE));
    for (const url of [...urls, ...urls, ...urls]) expect(await post(url)).toBe(401);
    const warnings = () => gateway.log.filter(({ level }) => level === 'warn');
    const refused = { address: '127.0.0.1', reason: 'network' };
    expect(warnings()).toMatchObject([
      { platform: 'cloudlink', ...refused, msg: expect.stringContaining('CLOUDLINK_WEBHOOK_NETWORKS') },
      { platform: 'subscriber', ...refused, msg: expect.stringContaining('SUBSCRIBER_WEBHOOK_NETWORKS') },
    ]);
    for (const { msg } of warnings()) expect(msg).toContain('TRUSTED_PROXIES');
    // Whoever knows an address of a feed cannot have it written down here.
    expect(JSON.stringify(warnings())).not.toContain(new URL(urls[0]).pathname);
  });

  it('is told apart by the address of its connection', async () => {
    const { streams, urls } = await setUp({ CLOUDLINK_WEBHOOK_NETWORKS: '127.0.0.2,127.0.0.4/31' });
    const [url] = urls;
    const statuses = [];
    for (const from of ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6'])
      statuses.push(await post(url, { from }));
    expect(statuses).toEqual([401, 204, 401, 204, 204, 401]);
    expect(await streams[0]?.take(3)).toHaveLength(3);
  });

  it('is told by a proxy of ours, and by nothing that was written before it came there', async () => {
    const { gateway, streams, urls } = await setUp({ ...both(ELSEWHERE), TRUSTED_PROXIES: '127.0.0.1' });
    const [url] = urls;
    const statuses = [];
    for (const addresses of [PLATFORM, '198.51.100.1', `${PLATFORM}, 198.51.100.1`, 'unknown', ''])
      statuses.push(await post(url, forwarded(addresses)));
    expect(statuses).toEqual([204, 401, 401, 401, 401]);
    // From the proxy itself, and through another one.
    expect(await post(url)).toBe(401);
    expect(await post(url, { from: '127.0.0.2', ...forwarded(PLATFORM) })).toBe(401);
    expect(await post(url, forwarded(`198.51.100.1, ${PLATFORM}, 127.0.0.1`))).toBe(204);
    expect(await streams[0]?.take(2)).toHaveLength(2);
    expect(await countsOf(gateway.url)).toMatchObject({ kept: 2, refused: 6 });
  });
});

describe('a delivery from a network of the platform', () => {
  it.each([
    ['of this machine, where nobody says otherwise', {}],
    ['that is named', both('10.0.0.0/8, loopback')],
    ['whichever it is', both('any')],
    ['named for a proxy of ours', { ...both('127.0.0.1'), TRUSTED_PROXIES: '10.0.0.0/8' }],
  ])('is told: %s', async (_which, env) => {
    const { streams, urls, gateway } = await setUp(env);
    expect(await post(urls[0])).toBe(204);
    expect(await post(urls[1], { body: legacyRinging() })).toBe(204);
    for (const stream of streams) expect(await stream.take(1)).toHaveLength(1);
    // What the platforms themselves deliver.
    await playCall(gateway.sandbox, { steps: ['completed'] });
    for (const stream of streams) expect((await stream.take(1))[0]?.errors).toBeUndefined();
  });

  it('must be signed as well, where there are keys', async () => {
    const { gateway, streams, urls } = await setUp({
      CLOUDLINK_WEBHOOK_NETWORKS: '127.0.0.2',
      WEBHOOK_SECRETS: SECRET,
    });
    const [url, legacyUrl] = urls;
    const signed = () => {
      const body = JSON.stringify(ringing());
      const [id, time] = [randomUUID(), Math.floor(Date.now() / 1000)];
      const signature = createHmac('sha256', SECRET).update(`${id}.${time}.${body}`).digest('base64');
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(time),
        'webhook-signature': `v1,${signature}`,
      };
      return { body, headers };
    };
    expect(await post(url, { from: '127.0.0.1', ...signed() })).toBe(401);
    expect(await post(url, { from: '127.0.0.2' })).toBe(401);
    const warnings = gateway.log.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ platform, address, reason }) => [platform, address, reason])).toEqual([
      ['cloudlink', '127.0.0.1', 'network'],
      ['cloudlink', '127.0.0.2', 'signature'],
    ]);
    expect(warnings[1]?.['msg']).toContain('WEBHOOK_SECRETS');
    expect(await post(url, { from: '127.0.0.2', ...signed() })).toBe(204);
    expect(await streams[0]?.take(1)).toHaveLength(1);
    // The other platform has its own networks, and signs nothing.
    expect(await post(legacyUrl, { body: legacyRinging() })).toBe(204);
    expect(await streams[1]?.take(1)).toHaveLength(1);
  });
});
