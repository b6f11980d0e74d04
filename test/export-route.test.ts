import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { idOf, open, parseLines, WINDOW, withCalls, type Line } from './helpers/export.ts';

const RECORDS = 'GET /calls/records';
const DETAILS = 'cdr2 read';
const RECORDINGS = 'GET /recordings';
/** As many calls as go into a page, which is one request to each platform. */
const PAGE = 978;

/** What a client holds of an answer when the connection ends, whole or not. */
const readWhatComes = async (response: IncomingMessage): Promise<string> => {
  const pieces: string[] = [];
  try {
    for await (const piece of response.setEncoding('utf8')) pieces.push(piece);
  } catch {
    // Cut: what has come stays.
  }
  return pieces.join('');
};

/** RFC 4180, by its grammar. */
const parseCsv = (body: string): string[][] => {
  const lines: string[][] = [];
  for (const [, quoted, plain, end] of body.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (lines.length === 0 || end === undefined) lines.push([]);
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') lines.push([]);
  }
  return lines.filter((line) => line.length > 1);
};

describe('an export', () => {
  it.each([
    [100, 1],
    [2000, 3],
  ])(
    'of %i calls costs a request to each platform for every page, and its recordings',
    async (calls, pages) => {
      const { gateway, session } = await withCalls(calls);
      const response = await gateway.fetch(`/export/calls.ndjson?${WINDOW}`, { headers: session });
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        'application/x-ndjson; charset=utf-8',
      ]);
      const lines = parseLines(await response.text());
      const rows = lines.slice(0, -1);
      expect(lines.at(-1)).toEqual({ kind: 'end', calls, cursor: rows.at(-1)?.['cursor'] });
      expect([rows.length, new Set(rows.map(idOf)).size]).toEqual([calls, calls]);
      const starts: string[] = rows.map(({ startedAt }) => startedAt);
      expect(starts).toEqual(starts.toSorted().toReversed());
      const bill = Map.groupBy(await gateway.bill(), (route) => route);
      const count = (route: string) => bill.get(route)?.length ?? 0;
      // The number of rows may be a round one, which a silent cap may have made of more.
      expect([count(RECORDS), [pages, pages + 1].includes(count(DETAILS))]).toEqual([pages, true]);
      const lookedUp = Array.from({ length: pages }, (_, page) =>
        rows.slice(page * PAGE, (page + 1) * PAGE).filter(({ isMissed, recordId }) => !isMissed && recordId),
      );
      expect(count(RECORDINGS)).toBe(
        lookedUp.reduce((requests, { length }) => requests + Math.ceil(length / 50), 0),
      );
      expect([...bill.keys()].toSorted()).toEqual([RECORDS, RECORDINGS, DETAILS].toSorted());
    },
  );

  it('leads to the recordings of either platform', async () => {
    const { gateway, session } = await withCalls(200);
    const response = await gateway.fetch(`/export/calls.ndjson?${WINDOW}`, { headers: session });
    const rows = parseLines(await response.text());
    const row = rows.find(({ recordings, legacyRecording }) => recordings?.length > 0 && legacyRecording);
    for (const path of [row?.['recordings'][0], row?.['legacyRecording']]) {
      const sound = await fetch(`${gateway.url}${path}`, { headers: session });
      expect([sound.status, (await sound.arrayBuffer()).byteLength > 1000]).toEqual([200, true]);
    }
  });

  it('without recordings does not look for any', async () => {
    const { gateway, session } = await withCalls(100);
    const path = `/export/calls.ndjson?${WINDOW}&recordings=false`;
    const rows = parseLines(await (await gateway.fetch(path, { headers: session })).text());
    expect(rows[0]).toMatchObject({ recordings: null, legacyRecording: null });
    expect(new Set(await gateway.bill())).toEqual(new Set([RECORDS, DETAILS]));
  });

  it('holds what GraphQL tells of the same calls, and goes on behind its cursors', async () => {
    const { gateway, session } = await withCalls(60);
    const { data } = await gateway.execute(
      `{ callHistory(from: "2020-01-01", to: "2030-01-01", missed: true, first: 5) { edges { cursor node {
        sources startedAt answeredAt endedAt direction isMissed ringSeconds talkSeconds from { name } record { id } detail { id } } } } }`,
      session,
    );
    const edges = data?.['callHistory'].edges;
    const path = `/export/calls.ndjson?${WINDOW}&missed=true`;
    const rows = parseLines(await (await gateway.fetch(path, { headers: session })).text());
    expect(rows.slice(0, 5).map((row) => ({ ...row, from: { name: row['fromName'] } }))).toMatchObject(
      edges.map(({ cursor, node: { record, detail, ...node } }: any) => ({
        cursor,
        ...node,
        recordId: record?.id ?? null,
        detailId: detail?.id ?? null,
      })),
    );
    const rest = await gateway.fetch(`${path}&after=${edges[4].cursor}`, { headers: session });
    expect(parseLines(await rest.text()).slice(0, -1)).toEqual(rows.slice(5, -1));
  });

  it('in CSV is RFC 4180, and no spreadsheet takes a field of it for a formula', async () => {
    const { gateway, session } = await withCalls(3);
    const names = ['=1+1', '+cmd|x', '-2', '@SUM(A1)', '\t=1', 'Say "hi", you\r\nthere', 'Bäckerei Süd'];
    const call = {
      to: '1001',
      toName: 'Ada',
      toPrincipalId: 'ada',
      state: 'completed',
      direction: 'inbound',
      completed: false,
      ringTime: 4,
      billingTime: 0,
      _links: {},
    };
    const items = names.map((fromName, index) => ({
      ...call,
      callId: `call-${index}`,
      from: '+12125550188',
      fromName,
      createdOn: new Date(Date.UTC(2026, 10, 2) - index * 60_000).toISOString(),
    }));
    await gateway.sandbox.fail({
      match: { route: RECORDS },
      fault: { type: 'body', body: { count: items.length, _links: {}, _embedded: { items } } },
    });
    const path = `/export/calls.csv?${WINDOW}&source=CLOUDLINK`;
    const response = await gateway.fetch(path, { headers: session });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="calls.csv"',
      'cache-control': 'private, no-store',
    });
    const body = await response.text();
    const [head = [], ...lines] = parseCsv(body);
    expect([head[0], head.at(-1), new Set(lines.map(({ length }) => length))]).toEqual([
      'kind',
      'note',
      new Set([head.length]),
    ]);
    const cell = (line: string[] | undefined, name: string) => line?.[head.indexOf(name)];
    expect(lines.slice(0, -1).map((line) => cell(line, 'fromName'))).toEqual([
      "'=1+1",
      "'+cmd|x",
      "'-2",
      "'@SUM(A1)",
      "'\t=1",
      'Say "hi", you\r\nthere',
      'Bäckerei Süd',
    ]);
    expect(cell(lines[0], 'fromNumber')).toBe('+12125550188');
    expect([lines.at(-1)?.[0], lines.at(-1)?.at(-1)]).toEqual(['end', 'complete with 7 calls']);
    expect(body.endsWith('\r\n')).toBe(true);
    const after = cell(lines[6], 'cursor');
    const rest = await gateway.fetch(`${path}&after=${after}`, { headers: session });
    expect(await rest.text()).toBe(`end,${after},,,,,,,,,,,,,,,,,complete with 0 calls\r\n`);
  });

  it.each(['csv', 'ndjson'])(
    'in %s says that it broke off, breaks off, and is gone on with',
    async (ending) => {
      const { gateway, session } = await withCalls(2500);
      const path = `/export/calls.${ending}?${WINDOW}&recordings=false`;
      const whole = await text(await open(gateway, path, session));
      const fault = { type: 'status', status: 503 } as const;
      const { id } = await gateway.sandbox.fail({ match: { object: 'cdr2' }, skip: 2, fault });
      const response = await open(gateway, path, session);
      const part = await readWhatComes(response);
      expect(response.complete).toBe(false);
      const broken = part.trimEnd().split('\n').at(-1) ?? '';
      expect(broken).toContain('broken');
      expect(broken).toContain('UPSTREAM_UNAVAILABLE');
      await gateway.sandbox.control('DELETE', `/faults/${id}`);
      const cursor = ending === 'csv' ? broken.split(',')[1] : JSON.parse(broken).cursor;
      const rest = await text(await open(gateway, `${path}&after=${cursor}`, session));
      const calls = (body: string) =>
        body.split('\n').filter((line) => /^(call,|\{"kind":"call")/.test(line));
      expect(calls(part)).toHaveLength(2 * PAGE);
      expect([...calls(part), ...calls(rest)]).toEqual(calls(whole));
      expect(calls(whole)).toHaveLength(2500);
    },
  );

  it('that was cut anywhere goes on behind the last whole line', async () => {
    const { gateway, session } = await withCalls(2500);
    const path = `/export/calls.ndjson?${WINDOW}&recordings=false`;
    const whole = parseLines(await text(await open(gateway, path, session))).slice(0, -1);
    const told: Line[] = [];
    for (const limit of [1, 70_000, 400_000, 1e9]) {
      const after = told.at(-1)?.['cursor'];
      const response = await open(gateway, after ? `${path}&after=${after}` : path, session);
      let body = '';
      for await (const piece of response.setEncoding('utf8')) {
        body += piece;
        if (body.length >= limit) break;
      }
      const lines = body.slice(0, body.lastIndexOf('\n') + 1);
      told.push(...parseLines(lines).filter(({ kind }) => kind === 'call'));
    }
    expect(told.map(idOf)).toEqual(whole.map(idOf));
  });

  it('asks for nothing more once its client has gone', async () => {
    const { gateway, session } = await withCalls(50_000);
    const response = await open(gateway, `/export/calls.ndjson?${WINDOW}&recordings=false`, session);
    await once(response, 'readable');
    response.destroy();
    await expect
      .poll(() => gateway.log.find(({ msg }) => msg === 'export'))
      .toMatchObject({ errors: ['CLIENT_GONE'] });
    const { length } = await gateway.bill();
    expect(length).toBeLessThan(60);
    expect(await gateway.bill()).toEqual([]);
  });

  it('is read no faster than its client takes it', async () => {
    const { gateway, session } = await withCalls(50_000);
    const response = await open(gateway, `/export/calls.ndjson?${WINDOW}&recordings=false`, session);
    await once(response, 'readable');
    const asked = async () => (await gateway.sandbox.requests('object=cdr2')).length;
    // Upstream is asked no more once the connection is full, which takes some megabytes.
    await expect
      .poll(async () => {
        const before = await asked();
        await gateway.sandbox.control('GET', '');
        return before > 1 && before === (await asked());
      })
      .toBe(true);
    expect(await asked()).toBeLessThan(40);
    response.destroy();
  });
});

describe('what is no export', () => {
  it('answers the error of a platform that fails at the beginning, as GraphQL does', async () => {
    const { gateway, session } = await withCalls(10);
    const { cloudlink } = await gateway.tokens();
    const path = `/export/calls.csv?${WINDOW}`;
    const answers = await Promise.all([
      gateway.fetch(path),
      gateway.fetch(path, { headers: cloudlink }),
      gateway.fetch(`${path}&source=CLOUDLINK`, { headers: cloudlink }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
    expect(await answers[1]?.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber' } }],
    });
    await gateway.sandbox.fail({ match: { object: 'cdr2' }, fault: { type: 'status', status: 503 } });
    expect((await gateway.fetch(path, { headers: session })).status).toBe(502);
  });

  it.each(['POST', 'HEAD', 'DELETE'])('takes no %s', async (method) => {
    const { gateway, session } = await withCalls(10);
    const response = await gateway.fetch(`/export/calls.csv?${WINDOW}`, { method, headers: session });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
    expect(await gateway.bill()).toEqual([]);
  });

  it('is nowhere else', async () => {
    const { gateway } = await withCalls(10);
    expect((await gateway.fetch('/export/calls.xml')).status).toBe(404);
  });
});
