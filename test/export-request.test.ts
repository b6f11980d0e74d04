import { expect, it } from 'vitest';
import { parseLines, WINDOW, withCalls } from './helpers/export.ts';
import { globalId } from './helpers/global-id.ts';

it('takes times with an offset, whose plus is written as such', async () => {
  const { gateway, session } = await withCalls(10);
  const path = '/export/calls.ndjson?from=2020-01-01T00:00%2B01:00&to=2030-01-01T00:00:00.5-05:00';
  const lines = parseLines(await (await gateway.fetch(path, { headers: session })).text());
  expect(lines).toHaveLength(11);
});

it.each([
  ['', 'from'],
  ['from=2020-01-01', 'to'],
  ['from=x&to=2030-01-01', 'from'],
  ['from=2026&to=2030-01-01', 'from'],
  ['from=2026-02-30&to=2030-01-01', 'from'],
  ['from=2026-11-02T09:20:00&to=2030-01-01', 'from'],
  ['from=2026-11-02T09:20:00+01:00&to=2030-01-01', 'from'],
  ['from=2030-01-01&to=2020-01-01', 'to'],
  [`${WINDOW}&form=csv`, 'form'],
  [`${WINDOW}&from=2021-01-01`, 'from'],
  [`${WINDOW}&missed=yes`, 'missed'],
  [`${WINDOW}&direction=inbound`, 'direction'],
  [`${WINDOW}&source=BOTH`, 'source'],
  [`${WINDOW}&after=x`, 'after'],
  [`${WINDOW}&domain=*`, 'domain'],
  [`${WINDOW}&person=${globalId('cloudlink', 'Account', 'x')}`, 'person'],
  [`${WINDOW}&account=x`, 'account'],
])('is refused before anything is sent: %s', async (query, argument) => {
  const { gateway, session } = await withCalls(10);
  const response = await gateway.fetch(`/export/calls.csv?${query}`, { headers: session });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'BAD_USER_INPUT', argument } }],
  });
  expect(await gateway.bill()).toEqual([]);
});
