import { describe, expect, it } from 'vitest';
import { ACME, ADA, ADMIN, acme, userIdOf, withCloudlink } from './cloudlink.ts';

const USER = `${ACME}/users/${userIdOf(ADA)}`;

describe('tags', () => {
  it.each([
    ['an account', ACME],
    ['a user', USER],
  ])('of %s are written, read, expanded and deleted', async (_, owner) => {
    const { send, signIn, clock } = await withCloudlink();
    const token = await signIn(ADA);
    const tag = `${owner}/tags/my%20tag`;
    const self = tag.replace('/admin', '');
    clock.advance(5000);
    const put = await send('PUT', tag, { token, json: { any: ['thing', 1, null] } });
    expect([put.status, put.body]).toEqual([200, { any: ['thing', 1, null], _links: { self } }]);
    expect((await send('GET', tag, { token })).body).toEqual(put.body);

    const { body } = await send('GET', `${owner}?$expand=tags`, { token });
    expect(body.tags).toMatchObject({ 'my tag': { any: ['thing', 1, null] } });
    expect(body.modifiedOn).toBe(new Date(clock.now()).toISOString());

    expect((await send('DELETE', tag, { token })).status).toBe(200);
    expect((await send('GET', tag, { token })).status).toBe(404);
    expect((await send('DELETE', tag, { token })).status).toBe(404);
  });

  it.each([
    ['"text"', 'text'],
    ['[1,2]', [1, 2]],
    ['7', 7],
  ])('may be the JSON %s', async (text, value) => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    await send('PUT', `${ACME}/tags/__proto__`, { token, text });
    expect((await send('GET', `${ACME}/tags/__proto__`, { token })).body.value).toEqual(value);
    const { tags } = (await send('GET', `${ACME}?$expand=tags`, { token })).body;
    expect(Object.entries(tags as object)).toContainEqual(['__proto__', value]);
  });

  it('of a user can be read by the short route', async () => {
    const { send, signIn } = await withCloudlink();
    const path = `${ADMIN}/users/${userIdOf(ADA)}/tags/onboarding`;
    const { body } = await send('GET', path, { token: await signIn(ADA) });
    expect(body).toMatchObject({ done: true });
  });

  it('are seeded for the account', async () => {
    const { send, signIn } = await withCloudlink();
    const { body } = await send('GET', `${ACME}/tags/mitel_connect_refs`, { token: await signIn(ADA) });
    expect(body.domain).toBe(acme.domain);
  });
});
