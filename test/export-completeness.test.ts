import { describe, expect, it } from 'vitest';
import { guid } from '../src/sandbox/company.ts';
import { parseLines, WINDOW, withCalls } from './helpers/export.ts';
import { globalId } from './helpers/global-id.ts';
import { ACME } from './helpers/legacy.ts';

const RECORDS = 'GET /calls/records';
const at = (minute: number) => new Date(Date.UTC(2026, 10, 2, 9, minute)).toISOString();

const record = (callId: string | undefined, createdOn: string | undefined) => ({
  callId,
  from: '+12125550188',
  to: '1001',
  state: 'completed',
  direction: 'inbound',
  completed: true,
  ringTime: 4,
  billingTime: 60,
  createdOn,
  _links: {},
});

const detail = (cdrId: string, seconds: number | null) => ({
  cdr_id: cdrId,
  domain: ACME,
  type: '1',
  orig_from_uri: 'sip:12125550188@203.0.113.20',
  term_sub: '1001',
  time_start: seconds === null ? null : String(seconds),
  time_answer: seconds === null ? null : String(seconds + 4),
  time_release: seconds === null ? null : String(seconds + 64),
});

const person = (user: string, subscriber: string) => globalId('both', 'Person', `${user},${subscriber}`);
const nobody = [
  ['a user', person(`${guid(1, 1)}/${guid(99, 99)}`, '')],
  ['a subscriber', person('', `${ACME}/4711`)],
  ['both', person(`${guid(1, 1)}/${guid(99, 99)}`, `${ACME}/4711`)],
] as const;

describe('what an export leaves out', () => {
  it.each([
    [
      'CLOUDLINK',
      { route: RECORDS },
      [record(guid(7, 1), at(3)), record(undefined, at(2)), record(guid(7, 2), undefined)],
      ['without their id', 'without the time'],
    ],
    [
      'SUBSCRIBER',
      { object: 'cdr2' },
      [detail('one', 1_793_600_000), detail('', 1_793_500_000), detail('two', null)],
      ['without their id', 'without the time'],
    ],
  ] as const)(
    'of %s is told in its last line, in GraphQL and to nobody else',
    async (source, match, rows, told) => {
      const { gateway, session } = await withCalls(10);
      const body = source === 'CLOUDLINK' ? { count: 3, _links: {}, _embedded: { items: rows } } : rows;
      await gateway.sandbox.fail({ match, fault: { type: 'body', body } });
      const path = (ending: string) => `/export/calls.${ending}?${WINDOW}&source=${source}&recordings=false`;
      const lines = parseLines(await (await gateway.fetch(path('ndjson'), { headers: session })).text());
      expect(lines.map(({ kind }) => kind)).toEqual(['call', 'incomplete']);
      for (const text of told)
        expect(lines[1]).toMatchObject({
          calls: 1,
          warnings: expect.arrayContaining([expect.stringContaining(text)]),
        });
      const csv = await (await gateway.fetch(path('csv'), { headers: session })).text();
      const last = csv.trimEnd().split('\r\n').at(-1) ?? '';
      expect(last).toMatch(/^incomplete,/);
      for (const text of told) expect(last).toContain(text);
      expect(csv).not.toContain('complete with');

      const { data, errors, extensions } = await gateway.execute(
        `{ callHistory(from: "2020-01-01", to: "2030-01-01", sources: [${source}]) { nodes { startedAt } sources { isComplete code message } } }`,
        session,
      );
      expect(errors).toEqual([]);
      expect(data?.['callHistory'].nodes).toHaveLength(1);
      expect(data?.['callHistory'].sources).toEqual([
        { isComplete: false, code: 'ROW_LEFT_OUT', message: expect.stringContaining('without their id') },
      ]);
      expect(extensions['warnings']).toEqual(
        expect.arrayContaining(
          told.map((text) =>
            expect.objectContaining({ code: 'PARTIAL_HISTORY', message: expect.stringContaining(text) }),
          ),
        ),
      );
    },
  );
});

describe('the history of a person', () => {
  it.each(nobody)('whom neither platform knows, by %s, is not found', async (_half, id) => {
    const { gateway, session } = await withCalls(10);
    const response = await gateway.fetch(`/export/calls.csv?${WINDOW}&person=${id}`, { headers: session });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND', argument: 'person' } }],
    });
    const { data, errors } = await gateway.execute(
      `{ callHistory(person: "${id}", from: "2020-01-01", to: "2030-01-01") { nodes { startedAt } } }`,
      session,
    );
    expect([data, errors]).toMatchObject([
      { callHistory: null },
      [{ extensions: { code: 'NOT_FOUND', argument: 'person' } }],
    ]);
  });

  it('who has no calls is empty and complete', async () => {
    const { gateway, session } = await withCalls(0);
    const id = person('', `${ACME}/1001`);
    const response = await gateway.fetch(`/export/calls.ndjson?${WINDOW}&person=${id}`, { headers: session });
    expect(parseLines(await response.text())).toEqual([{ kind: 'end', cursor: null, calls: 0 }]);
  });

  it('who could be several on the other platform is not complete', async () => {
    const { gateway, session } = await withCalls(500);
    // Two have the address of the front desk; the user has the extension of the other.
    const id = person('', `${ACME}/901`);
    const path = `/export/calls.ndjson?${WINDOW}&person=${id}`;
    const response = await gateway.fetch(path, { headers: session });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      errors: [
        { message: expect.stringContaining('901'), extensions: { code: 'CONFLICT', platform: 'cloudlink' } },
      ],
    });
    expect((await gateway.fetch(`${path}&source=SUBSCRIBER`, { headers: session })).status).toBe(200);
    const history =
      'callHistory(from: "2020-01-01", to: "2030-01-01") { sources { source isComplete code } }';
    const { data, errors } = await gateway.execute(
      `{ callHistory(person: "${id}", from: "2020-01-01", to: "2030-01-01") { sources { source isComplete code } }
        person(id: "${id}") { ${history} } }`,
      session,
    );
    expect(errors).toEqual([]);
    const sources = [
      { source: 'CLOUDLINK', isComplete: false, code: 'CONFLICT' },
      { source: 'SUBSCRIBER', isComplete: true, code: null },
    ];
    expect(data).toEqual({ callHistory: { sources }, person: { callHistory: { sources } } });
  });

  it('whose account has no domain is not complete', async () => {
    const { gateway, session } = await withCalls(100, { env: { ACCOUNT_DOMAINS: '' } });
    const { data } = await gateway.execute(
      `{ callHistory(person: "${person('', `${ACME}/1001`)}", from: "2020-01-01", to: "2030-01-01") { sources { source isComplete code } } }`,
      session,
    );
    expect(data?.['callHistory'].sources[0]).toEqual({
      source: 'CLOUDLINK',
      isComplete: false,
      code: 'PLATFORM_NOT_CONFIGURED',
    });
  });
});
