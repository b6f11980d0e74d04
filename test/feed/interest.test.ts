import { expect, it } from 'vitest';
import { CALLS, endpointId } from '../helpers/feed.ts';
import { ACME } from '../helpers/legacy.ts';
import { withLive } from '../helpers/live.ts';

it.each(['.', '..'])('the id %j of an endpoint is refused, and nothing is asked for', async (id) => {
  const { follow, bill } = await withLive();
  const [{ errors } = {}] = await (await follow(CALLS, { endpoints: [endpointId(id)] })).take(1);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(await bill()).toEqual([]);
});

it('signs of a regular expression in the id of an endpoint stand for themselves', async () => {
  const { gateway, follow } = await withLive();
  await follow(CALLS, { endpoints: [endpointId('1.*(0|1)')] });
  const wishes = await gateway.sandbox.requests('route=POST /subscriptions');
  const [filter] = wishes.map(
    ({ body }) => new RegExp((JSON.parse(body) as { subjectFilter: string }).subjectFilter),
  );
  const ids = ['1.*(0|1)', '1001', '1', '10'];
  const wanted = ids.filter((id) => filter?.test(`/endpoints/${encodeURIComponent(id)}/calls/7`));
  expect(wanted).toEqual(ids.slice(0, 1));
});

it('a domain with an at sign is asked for as it is, and not for one user of another', async () => {
  const { gateway, follow } = await withLive();
  const domain = `1002@${ACME}`;
  const [{ errors } = {}] = await (await follow(CALLS, { domain })).take(1);
  const wishes = await gateway.sandbox.requests('object=event&action=create');
  expect(wishes.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toMatchObject([
    { domain, user: '*' },
  ]);
  expect(errors).toMatchObject([{ extensions: { platform: 'subscriber' } }]);
});
