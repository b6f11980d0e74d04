import { expect, it } from 'vitest';
import { mutations, ofEachMutation, prepare, takesKey } from './helpers/mutation.ts';
import { withGateway, type TestGateway } from './helpers/gateway.ts';
import { globalId } from './helpers/global-id.ts';
import { isWrite } from './helpers/write.ts';

const PLACE = 'POST /endpoints/{endpointId}/calls';

/** Places the same call by the same key. */
const place = (gateway: TestGateway, headers: Record<string, string>, endpoint = '1001') =>
  gateway.execute(
    `mutation ($input: PlaceCallInput!) {
      placeCall(input: $input, clientMutationKey: "order-4711") {
        ... on PlaceCallSuccess { data { id } }
        ... on Rejection { code }
      }
    }`,
    headers,
    { input: { endpoint: globalId('cloudlink', 'Endpoint', endpoint), to: '1003' } },
  );

const placed = async ({ sandbox }: TestGateway) => {
  const requests = await sandbox.requests('platform=cloudlink');
  return requests.filter(({ route }) => route === PLACE).length;
};

it('a key makes one call, whatever session or token its caller comes with', async () => {
  const gateway = await withGateway();
  const first = await place(gateway, await gateway.signIn());
  const again = [
    await place(gateway, await gateway.signIn()),
    await place(gateway, (await gateway.tokens()).cloudlink),
    await place(gateway, (await gateway.tokens()).cloudlink),
  ];
  expect(first.data?.['placeCall'].data.id).toEqual(expect.any(String));
  for (const { data } of again) expect(data).toEqual(first.data);
  expect(await placed(gateway)).toBe(1);
});

it('a key of one caller is nothing to another', async () => {
  const gateway = await withGateway();
  await place(gateway, await gateway.signIn());
  await place(gateway, await gateway.signIn('ben'), '1002');
  expect(await placed(gateway)).toBe(2);
});

it('a forged token gets nothing that was answered to the one whose name it bears', async () => {
  const gateway = await withGateway();
  const { cloudlink } = await gateway.tokens();
  const { data } = await place(gateway, cloudlink);
  const forged = `${cloudlink['authorization']?.slice(0, -8)}AAAAAAAA`;
  const answer = await place(gateway, { authorization: forged });
  expect(answer.data).toEqual({ placeCall: null });
  expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' } }]);
  expect(JSON.stringify(answer)).not.toContain(data?.['placeCall'].data.id);
  expect(await placed(gateway)).toBe(1);
});

it('who passes a token through is looked up once for an operation with keys, and for none without', async () => {
  const gateway = await withGateway();
  const { cloudlink } = await gateway.tokens();
  const asked = async () => {
    const requests = await gateway.sandbox.requests();
    return requests.filter(({ route, method }) => method === 'GET' && route === 'GET /token').length;
  };
  const note = (key: string) =>
    `setTag(input: $input${key && `, clientMutationKey: "${key}"`}) { __typename }`;
  const send = async (...keys: readonly string[]) => {
    const { errors } = await gateway.execute(
      `mutation ($input: SetTagInput!) { ${keys.map((key, index) => `n${index}: ${note(key)}`).join(' ')} }`,
      cloudlink,
      { input: { owner: await ownId(), tagId: 'erp', value: 1 } },
    );
    expect(errors).toEqual([]);
  };
  const ownId = async () => {
    const { data } = await gateway.execute('{ users(first: 1) { nodes { id } } }', cloudlink);
    return data?.['users'].nodes[0].id as string;
  };
  await send('', '');
  expect(await asked()).toBe(0);
  await send('one', 'two');
  expect(await asked()).toBe(1);
});

it('each mutation looks its caller up on the platform that it changes', async () => {
  const found = await ofEachMutation(
    () => withGateway({ switches: { legacyWriteDelayMs: 0 } }),
    async (gateway, mutation) => {
      if (!takesKey(mutation)) return [];
      const start = await prepare(gateway, mutation, 'key', async () => {
        const { cloudlink, subscriber } = await gateway.tokens();
        return { ...cloudlink, ...subscriber };
      });
      await start();
      const requests = await gateway.sandbox.requests();
      const asked = requests.find(
        ({ route, object, action }) => route === 'GET /token' || (object === 'oauth2' && action === 'read'),
      );
      const changed = requests.find((request) => isWrite(request));
      return asked !== undefined && asked.platform === changed?.platform ? [] : [mutation];
    },
  );
  expect(mutations.filter(takesKey).length).toBeGreaterThan(50);
  expect(found.flat()).toEqual([]);
}, 60_000);
