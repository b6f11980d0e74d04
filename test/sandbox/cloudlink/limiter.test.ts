import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../../../src/sandbox/company.ts';
import { ACME, ADA, BEN, withCloudlink } from './cloudlink.ts';

describe('the rate limit', () => {
  it('is off by default', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const answers = await Promise.all(Array.from({ length: 30 }, () => send('GET', ACME, { token })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  it('counts requests per token and second', async () => {
    const { send, signIn, clock } = await withCloudlink({ cloudlinkRateLimit: 2 });
    const [ada, ben] = [await signIn(ADA), await signIn(BEN)];
    const statuses = async (token: string, count: number) => {
      const found: number[] = [];
      for (let index = 0; index < count; index += 1) found.push((await send('GET', ACME, { token })).status);
      return found;
    };
    expect(await statuses(ada, 4)).toEqual([200, 200, 429, 429]);
    expect(await statuses(ben, 1)).toEqual([200]);
    clock.advance(1000);
    expect(await statuses(ada, 1)).toEqual([200]);
  });

  it('counts per username where tokens are handed out', async () => {
    const { postToken } = await withCloudlink({ cloudlinkRateLimit: 1 });
    const ask = (username: string) => postToken({ grant_type: 'password', username, password: PASSWORD });
    const [first, second, other] = [await ask(ADA), await ask(ADA), await ask(BEN)];
    expect([first.status, second.status, other.status]).toEqual([200, 429, 200]);
    expect(second.body).toEqual({ name: 'TooManyRequestsError', message: 'Too Many Requests' });
  });

  it('says when to come back as an HTTP date in the next second', async () => {
    const { send, signIn, clock } = await withCloudlink({ cloudlinkRateLimit: 1 });
    const token = await signIn(ADA);
    await send('GET', ACME, { token });
    const { headers } = await send('GET', ACME, { token });
    const wait = Date.parse(headers.get('retry-after') ?? '') - clock.now();
    expect(wait).toBeGreaterThanOrEqual(1000);
    expect(wait).toBeLessThan(2000);
    clock.advance(wait);
    expect((await send('GET', ACME, { token })).status).toBe(200);
  });

  it('says it in seconds where the switch asks for that', async () => {
    const { send, signIn } = await withCloudlink({ cloudlinkRateLimit: 1, cloudlinkRetryAfter: 'seconds' });
    const token = await signIn(ADA);
    await send('GET', ACME, { token });
    expect((await send('GET', ACME, { token })).headers.get('retry-after')).toBe('1');
  });
});
