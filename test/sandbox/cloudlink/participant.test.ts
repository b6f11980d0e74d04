import { describe, expect, it } from 'vitest';
import { rowsOf, withChat } from './chat.ts';
import { ADA, BEN, GRACE, acme, itemsOf, userIdOf } from './cloudlink.ts';

const ZOE = 'zoe@example.test';

describe('participants', () => {
  it('are told with type, id, status and an address of their own', async () => {
    const { ask, start } = await withChat();
    const path = await start();
    const items = itemsOf(await ask('GET', `${path}/participants`));
    const conversationId = path.split('/').at(-1);
    expect(items[1]).toEqual({
      conversationId,
      accountId: acme.accountId,
      participantId: userIdOf(BEN),
      type: 'USER',
      userId: userIdOf(BEN),
      status: 'ACCEPTED',
      _links: { self: `/2017-09-01/conversations/${conversationId}/participants/${userIdOf(BEN)}` },
    });
    expect((await ask('GET', `${path}/participants/${userIdOf(BEN)}`)).body).toEqual(items[1]);
    expect((await ask('GET', `${path}/participants/${userIdOf(ZOE)}`)).status).toBe(404);
  });

  it('that are no users have no user id', async () => {
    const { ask, pathOf } = await withChat();
    const items = itemsOf(
      await ask('GET', `${await pathOf('Riverside Bakery')}/participants?$filter=type eq 'SMS'`),
    );
    expect(items.map(({ participantId, userId }) => [participantId, userId])).toEqual([
      ['+12125550188', undefined],
    ]);
  });

  it('are added one by one, and can then read and write', async () => {
    const { ask, start, signIn, clock } = await withChat();
    const path = await start();
    const token = await signIn(ZOE);
    expect((await ask('GET', path, { token })).status).toBe(403);
    clock.advance(5000);
    const json = { type: 'USER', participantId: userIdOf(ZOE) };
    const { status, body } = await ask('POST', `${path}/participants`, { json });
    expect([status, body]).toEqual([201, expect.objectContaining({ ...json, status: 'ACCEPTED' })]);
    const { status: mayRead, body: conversation } = await ask('GET', path, { token });
    expect([mayRead, conversation.modifiedOn]).toEqual([200, new Date(clock.now()).toISOString()]);
    expect((await ask('POST', `${path}/messages`, { token, json: { body: 'Hi' } })).status).toBe(201);
    const { body: all } = await ask('GET', `${path}/participants`);
    expect(rowsOf(all).map(({ participantId }) => participantId)).toEqual([
      userIdOf(ADA),
      userIdOf(BEN),
      userIdOf(ZOE),
    ]);
  });

  it('stay as they are when they are added again', async () => {
    const { ask, start } = await withChat();
    const path = await start();
    const json = { type: 'USER', participantId: userIdOf(BEN) };
    expect((await ask('POST', `${path}/participants`, { json })).status).toBe(200);
    expect((await ask('GET', `${path}/participants`)).body.count).toBe(2);
  });

  it.each<[object, string]>([
    [{ participantId: 'x' }, "data should have required property 'type'"],
    [{ type: 'USER' }, "data should have required property 'participantId'"],
    [{ type: 'User', participantId: 'x' }, 'data.type should be equal to one of the allowed values'],
    [{ type: 'SMS', participantId: 7 }, 'data.participantId should be string'],
    [{ type: 'SMS', participantId: '+1', status: 'ACCEPTED' }, 'data should NOT have additional properties'],
    [
      { type: 'USER', participantId: userIdOf(GRACE) },
      'data.participantId should be the id of a user of the account',
    ],
    [
      { type: 'CLIENT', participantId: 'x' },
      'data.participantId should be the id of a client of the account',
    ],
  ])('are refused as %j', async (json, message) => {
    const { ask, start } = await withChat();
    const { status, body } = await ask('POST', `${await start()}/participants`, { json });
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
  });
});
