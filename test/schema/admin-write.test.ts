import { describe, expect, it } from 'vitest';
import { accountId, groupId, siteId, userId } from '../helpers/admin.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { losses } from '../helpers/loss.ts';

const ACCOUNT = '/accounts/{accountId}';
const USER = `${ACCOUNT}/users/{userId}`;
const GROUP = `${ACCOUNT}/groups/{groupId}`;
const SITE = `${ACCOUNT}/sites/{siteId}`;

const note = { owner: userId(2), tagId: 'x' };
const member = { group: groupId(0), user: userId(2) };
/** Somebody who is in the group already. */
const old = { group: groupId(0), user: userId(1) };

/** Every write of the Admin service: its name, an input, and the request that is lost. */
const writes: readonly (readonly [name: string, input: object, route: string])[] = [
  ['updateAccount', { name: 'x' }, `PUT ${ACCOUNT}`],
  ['createUser', { email: 'new@example.test' }, `POST ${ACCOUNT}/users`],
  ['updateUser', { user: userId(2), name: 'x' }, `PUT ${USER}`],
  ['deleteUser', { user: userId(2) }, `DELETE ${USER}`],
  ['changeUsers', { changes: [{ delete: { user: userId(2) } }] }, `PATCH ${ACCOUNT}/users`],
  ['setTag', { ...note, value: 1 }, `PUT ${USER}/tags/{tagId}`],
  ['setTag', { owner: accountId, tagId: 'x', value: 1 }, `PUT ${ACCOUNT}/tags/{tagId}`],
  ['deleteTag', note, `DELETE ${USER}/tags/{tagId}`],
  ['createClient', { name: 'x' }, `POST ${ACCOUNT}/clients`],
  ['createGroup', { name: 'x' }, `POST ${ACCOUNT}/groups`],
  ['updateGroup', { group: groupId(0), name: 'x' }, `PUT ${GROUP}`],
  ['deleteGroup', { group: groupId(0) }, `DELETE ${GROUP}`],
  ['addGroupMember', member, `POST ${GROUP}/members`],
  ['removeGroupMember', old, `DELETE ${GROUP}/members/{userId}`],
  ['createSite', { name: 'x' }, `POST ${ACCOUNT}/sites`],
  ['updateSite', { site: siteId(0), name: 'x' }, `PUT ${SITE}`],
  ['deleteSite', { site: siteId(0) }, `DELETE ${SITE}`],
];

const typeOf = (name: string) =>
  name.endsWith('GroupMember') ? 'GroupMemberInput' : `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;

const run = (
  gateway: TestGateway,
  session: Record<string, string>,
  name: string,
  input: object,
  key?: string,
) =>
  gateway.execute(
    `mutation ($input: ${typeOf(name)}!, $key: String) {
      write: ${name}(input: $input, clientMutationKey: $key) { __typename ... on Rejection { code } }
    }`,
    session,
    { input, key },
  );

describe.each(writes)('%s', (name, input, route) => {
  it.each(losses)('leaves once, whether it was done or not, when it meets %s', async (_loss, fault, code) => {
    const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '700' } });
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { route }, fault });
    await gateway.bill();
    for (const key of ['key-1', 'key-1']) {
      const { data, errors } = await run(gateway, session, name, input, key);
      expect(data).toEqual({ write: null });
      expect(errors).toMatchObject([{ path: ['write'], extensions: { code, platform: 'cloudlink' } }]);
    }
    expect(await gateway.bill()).toEqual([route]);
  });

  it('is refused without a token, unsent', async () => {
    const gateway = await withGateway();
    const { data, errors } = await run(gateway, {}, name, input);
    expect(data).toEqual({ write: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' } }]);
    expect(await gateway.bill()).toEqual([]);
  });

  it('is nothing that a stranger may do', async () => {
    const gateway = await withGateway();
    const { data, errors } = await run(gateway, await gateway.signIn('grace'), name, {
      ...input,
      ...(/^(updateAccount|create)/.test(name) && { account: accountId }),
    });
    expect(errors).toEqual([]);
    expect(data?.['write']).toEqual({ __typename: 'Rejection', code: 'FORBIDDEN' });
  });
});
