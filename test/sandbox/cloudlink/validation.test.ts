import { describe, expect, it } from 'vitest';
import { ACME, ADA, userIdOf, withCloudlink } from './cloudlink.ts';

const user = `${ACME}/users/${userIdOf(ADA)}`;
const manyOperations = { operations: Array.from({ length: 101 }, () => ({ op: 'delete', id: 'x' })) };

describe('a body that is not as the service wants it', () => {
  it.each([
    [
      'POST',
      `${ACME}/users`,
      { email: 'a@example.test', shoeSize: 42 },
      'data should NOT have additional properties',
    ],
    ['POST', `${ACME}/users`, { name: 'A' }, "data should have required property 'email'"],
    ['POST', `${ACME}/users`, { email: 5 }, 'data.email should be string'],
    ['POST', `${ACME}/users`, { email: 'a' }, 'data.email should match format "email"'],
    ['POST', `${ACME}/users`, [], 'data should be object'],
    ['POST', `${ACME}/users`, { constructor: 1, email: 'a@b' }, 'data should NOT have additional properties'],
    ['PUT', user, { role: 'KING' }, 'data.role should be equal to one of the allowed values'],
    ['PUT', user, { role: 'user' }, 'data.role should be equal to one of the allowed values'],
    ['PUT', user, { name: null }, 'data.name should be string'],
    [
      'PUT',
      ACME,
      { languageCode: 'english' },
      'data.languageCode should match pattern "^[a-z]{2}(-[A-Z]{2})?$"',
    ],
    ['PUT', ACME, { active: 'yes' }, 'data.active should be boolean'],
    ['PUT', ACME, { userLimit: 1.5 }, 'data.userLimit should be integer'],
    ['PUT', ACME, { accessTokenExpiryHours: 0 }, 'data.accessTokenExpiryHours should be >= 1'],
    ['PUT', ACME, { topLevelDomain: 'a' }, 'data.topLevelDomain should be array'],
    ['PUT', ACME, { topLevelDomain: ['a', 1] }, 'data.topLevelDomain(1) should be string'],
    [
      'PUT',
      ACME,
      { location: { address: { moon: 1 } } },
      'data.location.address should NOT have additional properties',
    ],
    ['PATCH', `${ACME}/users`, {}, "data should have required property 'operations'"],
    ['PATCH', `${ACME}/users`, manyOperations, 'data.operations should NOT have more than 100 items'],
    [
      'PATCH',
      `${ACME}/users`,
      { operations: [{ op: 'replace', id: 'x' }] },
      'data.operations(0).op should be equal to one of the allowed values',
    ],
    [
      'PATCH',
      `${ACME}/users`,
      { operations: [{ op: 'delete', id: 'x' }, { op: 'delete' }] },
      "data.operations(1) should have required property 'id'",
    ],
    [
      'POST',
      `${ACME}/groups`,
      { name: 'G', members: ['x'] },
      'data.members(0) should be the id of a user of the account',
    ],
  ])('%s %s %j', async (method, path, json, message) => {
    const { send, signIn } = await withCloudlink();
    const { status, body } = await send(method, path, { token: await signIn(ADA), json });
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
  });

  it('is refused where it is no JSON', async () => {
    const { send, signIn } = await withCloudlink();
    const { status, body } = await send('PUT', ACME, { token: await signIn(ADA), text: '{"name":' });
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message: 'The body is not valid JSON' }]);
  });
});

describe('a body that sends back what was read', () => {
  it.each([[ACME], [user], [`${ACME}/groups/{groupId}`], [`${ACME}/sites/{siteId}`]])(
    'is accepted at %s and changes only what may be',
    async (template) => {
      const { send, signIn } = await withCloudlink();
      const token = await signIn(ADA);
      const list = await send('GET', template.replace(/\/\{.*$/, ''), { token });
      const [, first] = /"(?:groupId|siteId)":"([^"]*)"/.exec(JSON.stringify(list.body)) ?? [];
      const path = template.replace(/\{.*\}/, first ?? '');
      const { body: before } = await send('GET', path, { token });
      const json = { ...before, name: 'Renamed', accountId: 'changed', createdBy: 'changed' };
      const { status, body } = await send('PUT', path, { token, json });
      expect(status).toBe(200);
      expect(body).toEqual({
        ...before,
        name: 'Renamed',
        modifiedOn: body.modifiedOn,
        modifiedBy: userIdOf(ADA),
      });
    },
  );
});
