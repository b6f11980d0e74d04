import { describe, expect, it } from 'vitest';
import { idOf, parseLines, WINDOW, withCalls, type Line } from './helpers/export.ts';

const RECORDS = 'GET /calls/records';
const DETAILS = 'cdr2 read';

const isCall = ({ kind }: Line) => kind === 'call';
const ids = (lines: readonly Line[]) => lines.filter(isCall).map(idOf);

/** Fewer than one call in twenty. */
const isRare = ({ direction, isMissed }: Line) => direction === 'INTERNAL' && isMissed;
const RARE = 'direction=INTERNAL&missed=true&recordings=false';

describe('an export that is filtered', () => {
  it('tells how far it has looked where it finds little, and holds every call that passes', async () => {
    const { gateway, session } = await withCalls(5000);
    const read = async (path: string) =>
      parseLines(await (await gateway.fetch(path, { headers: session })).text());
    const all = await read(`/export/calls.ndjson?${WINDOW}&recordings=false`);
    await gateway.bill();
    const lines = await read(`/export/calls.ndjson?${WINDOW}&${RARE}`);
    const bill = await gateway.bill();
    expect(ids(lines)).toEqual(all.filter((line) => isCall(line) && isRare(line)).map(idOf));
    expect(lines.at(-1)).toMatchObject({ kind: 'end', calls: ids(lines).length });
    const progress = lines.filter(({ kind }) => kind === 'progress');
    expect(progress.length).toBe(2);
    for (const route of [RECORDS, DETAILS]) {
      const { length } = bill.filter((one) => one === route);
      // Two answers for every page; the number of rows may be a round one.
      expect([6, 7].includes(length)).toBe(true);
    }
    const [, { cursor } = { cursor: '' }] = progress;
    const rest = await read(`/export/calls.ndjson?${WINDOW}&${RARE}&after=${cursor}`);
    expect(ids(rest)).toEqual(ids(lines.slice(lines.findIndex((line) => line['cursor'] === cursor) + 1)));
  });

  it('in CSV keeps its columns in the lines that tell how far', async () => {
    const { gateway, session } = await withCalls(3000);
    const response = await gateway.fetch(`/export/calls.csv?${WINDOW}&${RARE}`, { headers: session });
    const lines = (await response.text()).trimEnd().split('\r\n');
    const fields = lines.map((line) => line.replaceAll(/"[^"]*"/g, '').split(','));
    expect(new Set(fields.map(({ length }) => length)).size).toBe(1);
    expect(fields.map(([kind]) => kind)).toContain('progress');
  });

  it('ends where each page of it fits its time limit, however long all of it takes', async () => {
    const { gateway, session } = await withCalls(6000, {
      env: { OPERATION_TIMEOUT_MS: '3000', TRY_TIMEOUT_MS: '3000' },
    });
    await gateway.sandbox.fail({ match: { route: RECORDS }, fault: { type: 'latency', ms: 500 } });
    const started = performance.now();
    const response = await gateway.fetch(`/export/calls.ndjson?${WINDOW}&${RARE}`, { headers: session });
    expect(parseLines(await response.text()).at(-1)).toMatchObject({ kind: 'end' });
    expect(performance.now() - started).toBeGreaterThan(3000);
  });

  it.each([
    ['CLOUDLINK', 'direction=OUTBOUND&missed=true', "direction eq 'outbound'", 'completed eq false'],
    ['CLOUDLINK', 'direction=INBOUND&missed=false', "direction eq 'inbound'", 'completed eq true'],
    ['CLOUDLINK', 'direction=INTERNAL', 'createdOn', 'createdOn'],
    ['SUBSCRIBER', 'direction=OUTBOUND', 'type=0', 'type=0'],
    ['SUBSCRIBER', 'missed=true', 'limit', 'limit'],
  ])('from %s alone with %s is narrowed there, and loses nothing', async (source, filter, ...asked) => {
    const { gateway, session } = await withCalls(600);
    const read = async (more: string) => {
      const path = `/export/calls.ndjson?${WINDOW}&recordings=false&source=${source}${more}`;
      return parseLines(await (await gateway.fetch(path, { headers: session })).text());
    };
    const wanted = new URLSearchParams(filter);
    const passes = ({ direction, isMissed }: Line) =>
      direction === (wanted.get('direction') ?? direction) &&
      String(isMissed) === (wanted.get('missed') ?? String(isMissed));
    const all = (await read('')).filter((line) => isCall(line) && passes(line)).map(idOf);
    await gateway.sandbox.control('DELETE', '/requests');
    expect(ids(await read(`&${filter}`))).toEqual(all);
    expect(all.length).toBeGreaterThan(20);
    for (const { url, body } of await gateway.sandbox.requests())
      for (const condition of asked) expect(decodeURIComponent(`${url} ${body}`)).toContain(condition);
  });

  it('is paged through in GraphQL by the cursor of what was looked through', async () => {
    const { gateway, session } = await withCalls(5000);
    const found: string[] = [];
    let after: string | null = null;
    let shortest = 100;
    for (let hasNextPage = true; hasNextPage;) {
      const { data } = await gateway.execute(
        `query ($after: String) { callHistory(from: "2020-01-01", to: "2030-01-01", direction: INTERNAL, missed: true, first: 100, after: $after) {
          nodes { record { id } detail { id } } pageInfo { hasNextPage endCursor } } }`,
        session,
        { after },
      );
      const { nodes, pageInfo } = data?.['callHistory'] ?? {};
      found.push(...nodes.map(({ record, detail }: any) => record?.id ?? detail.id));
      shortest = Math.min(shortest, nodes.length);
      hasNextPage = pageInfo.hasNextPage;
      expect(pageInfo.endCursor).not.toBe(after);
      after = pageInfo.endCursor;
      expect((await gateway.bill()).length).toBeLessThanOrEqual(5);
    }
    const path = `/export/calls.ndjson?${WINDOW}&${RARE}`;
    const rows = parseLines(await (await gateway.fetch(path, { headers: session })).text());
    expect(found).toEqual(ids(rows));
    expect(shortest).toBeLessThan(100);
  });
});
