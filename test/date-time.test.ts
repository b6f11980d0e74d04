import { expect, it } from 'vitest';
import { parseDateTime } from '../src/date-time.ts';
import { withGateway } from './helpers/gateway.ts';

it.each([
  ['2026-11-02', '2026-11-02T00:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2026-11-02T09:20Z', '2026-11-02T09:20:00.000Z'],
  ['2026-11-02T09:20:00+01:00', '2026-11-02T08:20:00.000Z'],
  ['2026-11-02T09:20:00.123456-05:30', '2026-11-02T14:50:00.123Z'],
])('%s is %s', (text, instant) => {
  expect(parseDateTime(text)?.toISOString()).toBe(instant);
});

const refused = [
  '',
  '2026',
  '2026-11',
  '2026-02-29',
  '2026-02-30T00:00:00Z',
  '2026-04-31',
  '2026-13-01',
  '2026-00-10',
  '2026-11-02T09:20',
  '2026-11-02T09:20:00',
  '2026-11-02 09:20:00Z',
  '2026-11-02T24:00:00Z',
  '2026-11-02T09:60:00Z',
  '2026-11-02T09:20:00+0100',
  '2026-11-02T09:20:00+15:00',
  '+002026-11-02',
  ' 2026-11-02',
  '2026-11-02\n',
  'Nov 2 2026',
  '1793577600000',
];

it.each(refused)('%j is no instant', (text) => {
  expect(parseDateTime(text)).toBeNull();
});

it('a DateTime of GraphQL is as strict, as a variable and in the document', async () => {
  const gateway = await withGateway();
  for (const from of refused) {
    const answers = [
      await gateway.execute(
        `query ($from: DateTime!) { callHistory(from: $from, to: "2100-01-01") { totalCount } }`,
        {},
        { from },
      ),
      await gateway.execute(
        `{ callHistory(from: ${JSON.stringify(from)}, to: "2100-01-01") { totalCount } }`,
      ),
    ];
    for (const { data, errors } of answers) {
      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([{ message: expect.stringContaining('with Z or an offset') }]);
    }
  }
});
