import { expect, test } from 'vitest';
import { CANARY } from '../../../../src/sandbox/company.ts';
import { ACME, ADA, BEN, GLOBEX, startWith } from '../start.ts';

const MINUTE = 60_000;
const window = { start_date: '2000-01-01', end_date: '2100-01-01' };

interface Leg {
  readonly orig_callid: string;
  readonly term_callid: string;
}

const open = async (switches = {}) => {
  const platform = await startWith('recording', switches, undefined, 400);
  const history = (await platform.rows(platform.ada, {
    object: 'cdr2',
    action: 'read',
    domain: ACME,
    raw: 'yes',
    limit: '400',
    ...window,
  })) as unknown as { CdrR: Leg; time_talking: string; orig_sub: string; term_sub: string }[];
  const get = async (fields: object, token = platform.ada) => {
    const answer = await platform.ask('read', { domain: ACME, ...fields }, token);
    const text = await answer.text();
    return text === '' ? undefined : (JSON.parse(text) as Record<string, string>);
  };
  const found = [];
  for (const row of history) {
    const recording = await get({ orig_callid: row.CdrR.orig_callid });
    if (recording !== undefined) found.push({ row, recording });
  }
  return { ...platform, history, found, get };
};

test('some of the answered calls have a recording, a bare object with its length and address', async () => {
  const { found, history, url } = await open();
  expect(found.length).toBeGreaterThan(20);
  expect(found.length).toBeLessThan(history.length / 2);
  for (const { row, recording } of found) {
    expect(recording).toMatchObject({
      status: 'converted',
      call_id: row.CdrR.orig_callid,
      duration: row.time_talking,
      geo_id: '1',
      url: expect.stringContaining(`${url}/ns-api/`),
    });
    expect(recording.url).toContain(CANARY);
  }
});

test('by switch the one recording comes in an array', async () => {
  const { found, get, change } = await open();
  const { orig_callid = '' } = found[0]?.row.CdrR ?? {};
  await change({ legacyRecordingShape: 'array' });
  expect(await get({ orig_callid })).toEqual([expect.objectContaining({ call_id: orig_callid })]);
});

test('either call id finds it, both must fit', async () => {
  const { found, get, status } = await open();
  const { orig_callid = '', term_callid = '' } = found[0]?.row.CdrR ?? {};
  expect(await get({ orig_callid, term_callid })).toHaveProperty('call_id', orig_callid);
  expect(await get({ term_callid })).toHaveProperty('call_id', orig_callid);
  expect(await get({ callid: term_callid })).toHaveProperty('call_id', orig_callid);
  expect(await get({ orig_callid, term_callid: 'other' })).toBeUndefined();
  expect(await get({ orig_callid: 'other' })).toBeUndefined();
  expect(await status('read', { domain: ACME })).toBe(400);
  expect(await status('read', { orig_callid })).toBe(400);
});

test('a recording shows some minutes after the call, first unconverted', async () => {
  const { get, call, ada, advance } = await open();
  const control = (action: string, fields = {}) =>
    call(ada, { object: 'call', action, callid: 'mine-1', uid: ADA, ...fields });
  await control('call', { destination: '12125550177' });
  await advance(6000);
  await control('record_on');
  await advance(20_000);
  expect(await get({ orig_callid: 'mine-1' })).toBeUndefined();
  await control('disconnect');
  await advance(3 * MINUTE - 1000);
  expect(await get({ orig_callid: 'mine-1' })).toBeUndefined();
  await advance(1000);
  expect(await get({ orig_callid: 'mine-1' })).toMatchObject({ status: 'unconverted', duration: '20' });
  await advance(2 * MINUTE);
  expect(await get({ orig_callid: 'mine-1' })).toMatchObject({ status: 'converted' });
});

test('the address needs no token and gives sound of the length of the call, in ranges too', async () => {
  const { found } = await open();
  const { url = '', duration = '' } = found[0]?.recording ?? {};
  const whole = await fetch(url);
  const sound = Buffer.from(await whole.arrayBuffer());
  expect(whole.headers.get('content-type')).toBe('audio/wav');
  expect(sound.subarray(0, 4).toString()).toBe('RIFF');
  expect(sound).toHaveLength(44 + Number(duration) * 8000);
  const part = await fetch(url, { headers: { range: 'bytes=100-199' } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${sound.length}`]);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(sound.subarray(100, 200));
  const tail = await fetch(url, { headers: { range: 'bytes=-50' } });
  expect(Buffer.from(await tail.arrayBuffer())).toEqual(sound.subarray(-50));
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(sound.length)]);
  const beyond = await fetch(url, { headers: { range: `bytes=${sound.length}-` } });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${sound.length}`]);
});

test('an address that was changed or is old is refused', async () => {
  const { found, advance } = await open();
  const [one, other] = found.map(({ recording }) => new URL(recording.url ?? ''));
  const forged = new URL(one ?? '');
  forged.searchParams.set('callid', other?.searchParams.get('callid') ?? '');
  expect((await fetch(forged)).status).toBe(403);
  const bare = new URL(one ?? '');
  bare.searchParams.delete('auth');
  expect((await fetch(bare)).status).toBe(400);
  expect((await fetch(one ?? '', { method: 'POST' })).status).toBe(401);
  await advance(60 * MINUTE);
  expect((await fetch(one ?? '')).status).toBe(200);
  await advance(1000);
  expect((await fetch(one ?? '')).status).toBe(403);
});

test('users get the recordings of their own calls', async () => {
  const { found, get, status, logIn } = await open();
  const ben = await logIn(BEN);
  for (const { row, recording } of found) {
    const isOwn = [row.orig_sub, row.term_sub].includes('1002');
    const answer = await get({ orig_callid: row.CdrR.orig_callid }, ben);
    expect(answer?.call_id).toBe(isOwn ? recording.call_id : undefined);
  }
  expect(await status('read', { domain: GLOBEX, orig_callid: 'x' }, ben)).toBe(403);
});
