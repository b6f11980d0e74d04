import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { everythingTold, followChecked } from '../helpers/checked.ts';
import { cloudlinkSubscriptions, deliver, publicationOf } from '../helpers/feed.ts';
import { eventOf } from '../helpers/live.ts';

const [CALL, PRESENCE = CALL] = everythingTold;
const calls = { method: 'GET', path: '/calls' } as const;
const env = { CLOUDLINK_WEBHOOK_NETWORKS: 'any' };
const unreadable = { subject: 5 };

const ADA = guid(2, 1);
/** When Ada's presence is what it is, by all that is delivered of it here. */
const TIME = Date.now();

/** Each time another publication of the same. */
const presence = (status: string) => ({
  publicationId: randomUUID(),
  topic: 'platform-api-presence',
  method: 'PUT',
  subject: `/2017-09-01/users/${ADA}/presence`,
  content: { userId: ADA, status, reason: 'Elsewhere', timestamp: TIME },
});

describe('a read of a feed whose deliveries are believed', () => {
  it.each([
    ['with nothing that can be read', 200, '<html>busy</html>'],
    ['that the request is bad', 400, '{}'],
    ['that there is nothing', 404, '{}'],
    ['that the token has ended', 401, '{}'],
  ])('is made again where it has failed, though the platform answers %s', async (_what, status, body) => {
    const { gateway, sandbox, stream, url, platforms } = await followChecked(CALL, { env });
    const [{ id } = { id: '' }] = await cloudlinkSubscriptions(gateway);
    // As if somebody else had removed it: what begins now is not delivered.
    await platforms.cloudlink('DELETE', `notifications/subscriptions/${id}`);
    await CALL.change(platforms, sandbox);
    await sandbox.fail({ match: calls, times: 1, fault: { type: 'status', status, body } });
    expect(await deliver(url, unreadable)).toBe(400);
    expect((await stream.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
  });

  it('is made ever more rarely where it never succeeds, and what is delivered is told all the same', async () => {
    const { gateway, sandbox, stream, url } = await followChecked(CALL, { env });
    await sandbox.fail({ match: calls, fault: { type: 'status', status: 400 } });
    await deliver(url, unreadable);
    const failedAt = () =>
      gateway.log
        .filter(({ msg }) => msg === 'a feed could not be reconciled')
        .map(({ time }) => Date.parse(time));
    await expect.poll(() => failedAt().length, { timeout: 8_000 }).toBe(3);
    const [, second = 0, third = 0] = failedAt();
    expect(third - second).toBeGreaterThan(1_800);
    await deliver(url, publicationOf({ state: 'ringing', timestamp: Date.now() }));
    expect((await stream.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
  }, 20_000);

  it('is not waited for where the subscription had lapsed and the read never succeeds: that is told, once', async () => {
    const { gateway, sandbox, stream, follow, url, platforms } = await followChecked(CALL, {
      env,
      switches: { cloudlinkSubscriptionSeconds: 4 },
    });
    const [{ id } = { id: '' }] = await cloudlinkSubscriptions(gateway);
    await sandbox.fail({ match: calls, fault: { type: 'status', status: 400 } });
    await platforms.cloudlink('DELETE', `notifications/subscriptions/${id}`);
    const [{ errors } = { errors: [] }] = await stream.rest();
    expect(errors).toMatchObject([{ extensions: { code: 'RESYNC_REQUIRED' } }]);
    const again = await follow(String(errors?.[0]?.extensions['cursor']));
    const asked = async () => (await sandbox.requests('route=POST%20/subscriptions')).length;
    const before = await asked();
    await expect.poll(asked, { timeout: 5_000 }).toBeGreaterThan(before);
    expect(await deliver(url, publicationOf({ state: 'ringing', timestamp: Date.now() }))).toBe(204);
    expect((await again.take(1)).map(eventOf)).toMatchObject([CALL.truth]);
  }, 20_000);

  it('is made ever more rarely where it finds nothing, however much is doubtful', async () => {
    const { stream, url, readTimes } = await followChecked(PRESENCE, { env });
    // What was so before, in the same moment, is a repeat or is not: a read tells.
    for (const status of ['away', 'busy', 'away']) expect(await deliver(url, presence(status))).toBe(204);
    const told = (await stream.take(3)).map(eventOf);
    expect(told.map(({ presence: { reason } }) => reason === 'Elsewhere')).toEqual([true, true, false]);
    const before = (await readTimes()).length;
    const countWhileFlooded = async () => {
      await deliver(url, presence('busy'));
      return (await readTimes()).length - before;
    };
    await expect.poll(countWhileFlooded, { timeout: 10_000 }).toBe(3);
    const [, second = 0, third = 0] = (await readTimes()).slice(before);
    expect(third - second).toBeGreaterThan(1_800);
    expect(stream.waiting).toEqual([]);
  }, 20_000);
});
