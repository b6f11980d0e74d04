import { describe, expect, it } from 'vitest';
import { ADA, BEN, itemsOf } from './cloudlink.ts';
import { CHLOE, withMedia } from './media.ts';

/** A call from Ada (1001) to somebody, as both ends know it; answered unless asked otherwise. */
const withCall = async (to = '1002', { isAnswered = true, record = false } = {}) => {
  const setting = await withMedia();
  const token = await setting.signIn(ADA);
  const id = await setting.place(token, '1001', { to, record });
  const [far = ''] = Object.keys(await setting.statesOf(token, to));
  if (isAnswered) setting.clock.advance(3000);
  return { ...setting, token, id, far };
};

type Setting = Awaited<ReturnType<typeof withCall>>;

const records = async ({ media, token }: Setting, top = 1) =>
  itemsOf(await media(token, 'GET', `/calls/records?$top=${top}`));

/** The states of the calls of both Ada and Ben. */
const states = async ({ statesOf, token }: Setting) => [
  Object.values(await statesOf(token, '1001')),
  Object.values(await statesOf(token, '1002')),
];

describe('answer', () => {
  it('connects whoever is called', async () => {
    const setting = await withCall('1003', { isAnswered: false });
    setting.clock.advance(5000);
    const { status, body } = await setting.act(setting.token, '1003', setting.far, 'answer');
    expect([status, body]).toEqual([200, {}]);
    expect(await setting.statesOf(setting.token, '1003')).toEqual({ [setting.far]: 'connected' });
    setting.clock.advance(60_000);
    await setting.act(setting.token, '1001', setting.id, 'end');
    expect(await records(setting)).toMatchObject([{ completed: true, ringTime: 5, billingTime: 60 }]);
  });

  it('is not for the caller, and not twice', async () => {
    const { act, token, id, far } = await withCall('1003', { isAnswered: false });
    expect((await act(token, '1001', id, 'answer')).status).toBe(409);
    expect((await act(token, '1003', far, 'answer')).status).toBe(200);
    const again = await act(token, '1003', far, 'answer');
    expect([again.status, again.body]).toEqual([
      409,
      { name: 'ConflictError', message: 'The call cannot answer: it is answered already' },
    ]);
  });
});

describe('end', () => {
  it('leaves no live call and a record by GUID', async () => {
    const setting = await withCall();
    const { media, token, id, clock } = setting;
    clock.advance(90_000);
    expect((await setting.act(token, '1001', id, 'end')).status).toBe(200);
    expect(await states(setting)).toEqual([[], []]);
    const [record] = await records(setting);
    expect(record).toMatchObject({
      from: '1001',
      to: '1002',
      state: 'completed',
      cause: 'newCall',
      direction: 'outbound',
      completed: true,
      ringTime: 3,
      billingTime: 90,
      endTime: new Date(clock.now()).toISOString(),
    });
    expect(record?.callId).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect((await media(token, 'GET', `/calls/${String(record?.callId)}/records`)).body.count).toBe(1);
  });

  it.each([
    ['1001', 'callCancelled'],
    ['1003', 'busy'],
  ])('while it rings, by %s, makes a missed call for the cause %s', async (by, cause) => {
    const setting = await withCall('1003', { isAnswered: false });
    setting.clock.advance(4000);
    await setting.act(setting.token, by, by === '1001' ? setting.id : setting.far, 'end');
    expect(await records(setting)).toMatchObject([{ completed: false, cause, ringTime: 4, billingTime: 0 }]);
  });

  it('is possible once; for a minute the call is still known, and then no more', async () => {
    const { act, media, token, id, clock } = await withCall();
    await act(token, '1001', id, 'end');
    clock.advance(59_999);
    expect((await act(token, '1001', id, 'end')).status).toBe(409);
    expect((await media(token, 'GET', `/endpoints/1001/calls/${id}`)).body.state).toBe('completed');
    clock.advance(1);
    expect((await act(token, '1001', id, 'end')).status).toBe(404);
  });
});

describe('hold and retrieve', () => {
  it('hold on one side; hold is a toggle', async () => {
    const setting = await withCall();
    const { act, media, token, id } = setting;
    await act(token, '1001', id, 'hold');
    expect(await states(setting)).toEqual([['held'], ['connected']]);
    expect((await media(token, 'GET', '/endpoints/1001')).body.state).toBe('held');
    await act(token, '1001', id, 'hold');
    expect(await states(setting)).toEqual([['connected'], ['connected']]);
    await act(token, '1001', id, 'hold');
    await act(token, '1001', id, 'retrieve');
    expect(await states(setting)).toEqual([['connected'], ['connected']]);
    expect((await act(token, '1001', id, 'retrieve')).status).toBe(409);
  });
});

describe('what needs an answered call', () => {
  it.each([
    ['hold', {}],
    ['retrieve', {}],
    ['blindTransfer', { destination: '1005' }],
    ['supervisedTransfer', { args: '1' }],
    ['consult', { destination: '1005' }],
    ['dtmf', { args: '1' }],
    ['conference', {}],
    ['pauseRecording', {}],
    ['resumeRecording', {}],
    ['tagRecording', { args: '{}' }],
  ])('%s is a conflict while it rings', async (action, rest) => {
    const { act, token, id } = await withCall('1003', { isAnswered: false });
    const { status, body } = await act(token, '1001', id, action, rest);
    expect([status, body.name]).toEqual([409, 'ConflictError']);
  });
});

describe('blindTransfer', () => {
  it.each(['destination', 'args'])('by %s lets the other party ring at somebody else’s', async (name) => {
    const setting = await withCall();
    const { act, media, statesOf, token, id, far, clock } = setting;
    expect((await act(token, '1001', id, 'blindTransfer', { [name]: '1005' })).status).toBe(200);
    expect(await states(setting)).toEqual([[], ['connected']]);
    const { body } = await media(token, 'GET', `/endpoints/1002/calls/${far}`);
    expect(body).toMatchObject({ from: '1002', to: '1005', cause: 'transfer', direction: 'outbound' });
    expect(Object.values(await statesOf(token, '1005'))).toEqual(['ringing']);
    expect(await records(setting)).toMatchObject([{ from: '1001', to: '1002', completed: true }]);
    clock.advance(30_000);
    expect(await records(setting)).toMatchObject([
      { from: '1002', to: '1005', completed: false, cause: 'callNotAnswer' },
    ]);
  });

  it('lets somebody outside ring at a colleague', async () => {
    const { act, media, token, id } = await withCall('+14155550123');
    await act(token, '1001', id, 'blindTransfer', { destination: '1002' });
    expect(itemsOf(await media(token, 'GET', '/endpoints/1002/calls'))).toMatchObject([
      { from: '+14155550123', to: '1002', direction: 'inbound', state: 'ringing' },
    ]);
  });
});

describe('redirect', () => {
  it('sends a ringing call to somebody else', async () => {
    const setting = await withCall('1003', { isAnswered: false });
    const { act, media, statesOf, token, id, far } = setting;
    await act(token, '1003', far, 'redirect', { destination: '1002' });
    expect(await statesOf(token, '1003')).toEqual({});
    expect(await states(setting)).toEqual([['connected'], ['ringing']]);
    const { body } = await media(token, 'GET', `/endpoints/1001/calls/${id}`);
    expect(body).toMatchObject({ to: '1002', cause: 'redirected' });
    expect(await records(setting)).toMatchObject([{ to: '1003', completed: false, cause: 'redirected' }]);
  });

  it('is not for the caller or an answered call', async () => {
    const { act, token, id, far } = await withCall('1002', { isAnswered: false });
    expect((await act(token, '1001', id, 'redirect', { destination: '1005' })).status).toBe(409);
    await act(token, '1002', far, 'answer');
    expect((await act(token, '1002', far, 'redirect', { destination: '1005' })).status).toBe(409);
  });
});

/** Ada, with Ben on hold, has called Taro (1006) and been answered. */
const withConsultation = async () => {
  const setting = await withCall();
  const { act, statesOf, token, id, clock } = setting;
  await act(token, '1001', id, 'consult', { destination: '1006' });
  const second = Object.keys(await statesOf(token, '1001')).find((other) => other !== id) ?? '';
  expect(await statesOf(token, '1001')).toEqual({ [id]: 'held', [second]: 'connected' });
  clock.advance(3000);
  return { ...setting, second };
};

describe('consult', () => {
  it.each(['args', 'callId'])('then supervisedTransfer by %s joins the two others', async (name) => {
    const setting = await withConsultation();
    const { act, media, statesOf, token, id, second, far } = setting;
    const other = name === 'args' ? second : `endpoints/1001/calls/${second}`;
    expect((await act(token, '1001', id, 'supervisedTransfer', { [name]: other })).status).toBe(200);
    expect(await states(setting)).toEqual([[], ['connected']]);
    expect(Object.values(await statesOf(token, '1006'))).toEqual(['connected']);
    const { body } = await media(token, 'GET', `/endpoints/1002/calls/${far}`);
    expect(body).toMatchObject({ from: '1002', to: '1006', cause: 'transfer' });
    expect(await records(setting, 2)).toMatchObject([
      { from: '1001', to: '1006' },
      { from: '1001', to: '1002' },
    ]);
    await act(token, '1002', far, 'end');
    expect(await statesOf(token, '1006')).toEqual({});
  });

  it('then conference has nobody held', async () => {
    const { act, statesOf, token, id, second } = await withConsultation();
    expect((await act(token, '1001', second, 'conference')).status).toBe(200);
    expect(await statesOf(token, '1001')).toEqual({ [id]: 'connected', [second]: 'connected' });
  });

  it('is not joined with a call that is not there, nor with itself', async () => {
    const { act, token, id } = await withConsultation();
    expect((await act(token, '1001', id, 'supervisedTransfer', { args: '1' })).status).toBe(409);
    expect((await act(token, '1001', id, 'supervisedTransfer', { args: id })).status).toBe(409);
  });
});

describe('a recorded call', () => {
  it('leaves a recording without its pauses', async () => {
    const { act, media, token, id, clock } = await withCall('1002', { record: true });
    clock.advance(10_000);
    expect((await act(token, '1001', id, 'pauseRecording')).status).toBe(200);
    expect((await act(token, '1001', id, 'pauseRecording')).status).toBe(409);
    clock.advance(20_000);
    expect((await act(token, '1001', id, 'resumeRecording')).status).toBe(200);
    expect((await act(token, '1001', id, 'resumeRecording')).status).toBe(409);
    expect((await act(token, '1001', id, 'tagRecording', { args: '{"order":"17"}' })).status).toBe(200);
    for (const action of ['pauseRecording', 'resumeRecording', 'pauseRecording']) {
      clock.advance(5000);
      await act(token, '1001', id, action);
    }
    clock.advance(5000);
    await act(token, '1001', id, 'end');
    const [record] = itemsOf(await media(token, 'GET', '/calls/records?$top=1'));
    expect(record?.billingTime).toBe(50);
    const found = await media(token, 'GET', `/recordings?$filter=callId eq '${String(record?.callId)}'`);
    expect(itemsOf(found)).toMatchObject([{ callId: record?.callId, durationInSeconds: 20 }]);
  });

  it('that nobody answered leaves none', async () => {
    const { act, media, token, id } = await withCall('1003', { isAnswered: false, record: true });
    await act(token, '1001', id, 'end');
    const [record] = itemsOf(await media(token, 'GET', '/calls/records?$top=1'));
    const found = await media(token, 'GET', `/recordings?$filter=callId eq '${String(record?.callId)}'`);
    expect(found.body.count).toBe(0);
  });

  it('is what pausing needs', async () => {
    const { act, token, id } = await withCall();
    const { status, body } = await act(token, '1001', id, 'pauseRecording');
    expect([status, body.message]).toEqual([409, 'The call cannot pauseRecording: it is not recorded']);
  });
});

describe('PUT /endpoints/{endpointId}/calls/{callId}', () => {
  it.each([
    [undefined, {}, "data should have required property 'action'"],
    ['hangup', {}, 'data.action should be equal to one of the allowed values'],
    ['END', {}, 'data.action should be equal to one of the allowed values'],
    ['blindTransfer', {}, "data should have required property 'destination'"],
    ['redirect', {}, "data should have required property 'destination'"],
    ['consult', { destination: 'Zoë' }, 'data.destination should match pattern "^\\+?[0-9*#]{1,32}$"'],
    ['consult', { args: '' }, 'data.args should match pattern "^\\+?[0-9*#]{1,32}$"'],
    ['blindTransfer', { destination: 1005 }, 'data.destination should be string'],
    ['supervisedTransfer', {}, "data should have required property 'args'"],
    ['dtmf', {}, "data should have required property 'args'"],
    ['dtmf', { args: '12x' }, 'data.args should match pattern "^[0-9A-D*#,]+$"'],
    ['tagRecording', { args: 'order=17' }, 'data.args should be a JSON text of tag pairs'],
  ])('refuses %s with %j', async (action, rest, message) => {
    const { media, token, id } = await withCall();
    const path = `/endpoints/1001/calls/${id}`;
    const { status, body } = await media(token, 'PUT', path, { ...(action && { action }), ...rest });
    expect([status, body]).toEqual([400, { name: 'BadRequestError', message }]);
  });

  it('does not mind fields it does not know', async () => {
    const { act, token, id } = await withCall();
    expect((await act(token, '1001', id, 'dtmf', { args: '1*#', colour: 'red' })).status).toBe(200);
  });

  it('is for the user of the endpoint and administrators', async () => {
    const { act, signIn, id, far } = await withCall();
    const [ben, chloe] = [await signIn(BEN), await signIn(CHLOE)];
    expect((await act(chloe, '1001', id, 'end')).status).toBe(403);
    expect((await act(ben, '1001', id, 'end')).status).toBe(403);
    expect((await act(ben, '1002', far, 'hold')).status).toBe(200);
    expect((await act(ben, '1002', id, 'hold')).status).toBe(404);
  });

  it('is only accepted where the switch says so, and happens all the same', async () => {
    const setting = await withCall();
    await setting.control('PATCH', '/switches', { cloudlinkAcceptCommands: true });
    const { status, body } = await setting.act(setting.token, '1001', setting.id, 'hold');
    expect([status, body]).toEqual([202, {}]);
    expect(await states(setting)).toEqual([['held'], ['connected']]);
  });
});
