import { expect, it } from 'vitest';
import { createCompany, guid } from '../../src/sandbox/company.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

const ENDPOINT = 'GET /endpoints/{endpointId}';
const CALLS = 'GET /endpoints/{endpointId}/calls';
const CALL = 'GET /endpoints/{endpointId}/calls/{callId}';
const PLACE = 'POST /endpoints/{endpointId}/calls';
const CONTROL = 'PUT /endpoints/{endpointId}/calls/{callId}';

const endpointId = (extension: string) => globalId('cloudlink', 'Endpoint', extension);

/** Places a call through the control routes of the platform itself, and answers the id of the caller's view. */
const place = async (gateway: TestGateway, headers: Record<string, string>, to: string, from = '1001') => {
  const { data, errors } = await gateway.execute(
    `mutation ($input: PlaceCallInput!) {
      placeCall(input: $input) {
        ... on PlaceCallSuccess { data { id pbxCallId state direction to { number } } }
        ... on Rejection { code message field }
      }
    }`,
    headers,
    { input: { endpoint: endpointId(from), to } },
  );
  expect(errors).toEqual([]);
  expect(data?.['placeCall'].data).toMatchObject({ direction: 'OUTBOUND', to: { number: to } });
  return data?.['placeCall'].data.id as string;
};

/** The one call that this endpoint has. */
const onlyCall = async (gateway: TestGateway, headers: Record<string, string>, extension: string) => {
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { endpoint(id: $id) { calls { id state } } }',
    headers,
    { id: endpointId(extension) },
  );
  expect(errors).toEqual([]);
  expect(data?.['endpoint'].calls).toHaveLength(1);
  return data?.['endpoint'].calls[0] as { id: string; state: string };
};

/** What a command answers. */
const command = async (
  gateway: TestGateway,
  headers: Record<string, string>,
  name: string,
  input: object,
  data = 'call { id state }',
) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const answer = await gateway.execute(
    `mutation ($input: ${type}Input!) {
      result: ${name}(input: $input) {
        __typename
        ... on ${type}Success { data { ${data} } }
        ... on Rejection { code field message allowedValues }
      }
    }`,
    headers,
    { input },
  );
  expect(answer.errors).toEqual([]);
  return answer.data?.['result'];
};

it('reads an endpoint with its calls for two requests', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await place(gateway, session, '1003');
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    `query ($id: ID!) {
      endpoint(id: $id) {
        id endpointId name state stateText availability isDoNotDisturb hasMessageWaiting
        calls { state cause direction endpoint { endpointId } from { number user { name } } to { number name } }
      }
    }`,
    session,
    { id: endpointId('1003') },
  );
  expect(errors).toEqual([]);
  expect(data?.['endpoint']).toMatchObject({
    id: endpointId('1003'),
    endpointId: '1003',
    state: 'RINGING',
    stateText: 'ringing',
    isDoNotDisturb: false,
    calls: [
      {
        state: 'RINGING',
        cause: 'NEW_CALL',
        direction: 'INBOUND',
        endpoint: { endpointId: '1003' },
        from: { number: '1001', user: { name: 'Ada Example' } },
        to: { number: '1003' },
      },
    ],
  });
  expect(await gateway.bill()).toEqual([ENDPOINT, CALLS, 'GET /accounts/{accountId}/users/{userId}']);
});

it.each([10, 99])('asks for the calls of %i endpoints once for each, ten at a time', async (count) => {
  const gateway = await withGateway({ users: 150 });
  const session = await gateway.signIn();
  const extensions = createCompany(150)
    .people.filter(({ accountId }) => accountId === guid(1, 1))
    .flatMap(({ cloudlink }) => cloudlink?.extension || []);
  const ids = [...new Set(extensions)].slice(0, count).map(endpointId);
  expect(ids).toHaveLength(count);
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    'query ($ids: [ID!]!) { liveCalls(endpoints: $ids) { calls { id } } }',
    session,
    { ids: [...ids, ids[0]] },
  );
  expect(errors).toEqual([]);
  expect(data?.['liveCalls']).toHaveLength(count + 1);
  expect(await gateway.bill()).toEqual(Array.from({ length: count }, () => CALLS));
});

it('keeps one endpoint that fails from failing the others', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data, errors } = await gateway.execute(
    'query ($ids: [ID!]!) { liveCalls(endpoints: $ids) { calls { id } } }',
    session,
    { ids: ['1001', '9999', '1003'].map(endpointId) },
  );
  expect(data?.['liveCalls']).toEqual([{ calls: [] }, null, { calls: [] }]);
  expect(errors).toMatchObject([{ path: ['liveCalls', 1], extensions: { code: 'NOT_FOUND' } }]);
});

it("finds the users' telephones by extension, one request for each", async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(
    '{ users(first: 10) { nodes { extension endpoint { endpointId availability } } } }',
    session,
  );
  expect(errors).toEqual([]);
  const found = data?.['users'].nodes.filter((user: any) => user.endpoint !== null);
  expect(found.length).toBeGreaterThan(5);
  expect(found.every((user: any) => user.endpoint.endpointId === user.extension)).toBe(true);
  const bill = await gateway.bill();
  expect(new Set(bill.slice(1))).toEqual(new Set([ENDPOINT]));
  expect(bill.length).toBeLessThanOrEqual(11);
});

it.each([
  [globalId('cloudlink', 'CallRecord', guid(9, 1)), 'must be the id of a LiveCall, not of a CallRecord.'],
  [guid(9, 1), "must be the `id` of a LiveCall, not CloudLink's own id of a call record or recording."],
  ['endpoints/1001/calls/40001', "must be the `id` of a LiveCall, not CloudLink's path of a live call."],
  ['40001', 'must be the `id` of a LiveCall, not a bare call id of the PBX.'],
])('refuses %s as a live call in a sentence that names what was expected', async (id, sentence) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute('query ($id: ID!) { call(id: $id) { id } }', session, {
    id,
  });
  expect(data).toEqual({ call: null });
  expect(errors).toMatchObject([
    { message: `\`id\` ${sentence}`, extensions: { code: 'BAD_USER_INPUT', argument: 'id' } },
  ]);
  expect(await gateway.bill()).toEqual([]);
});

it('answers null for a call that is not there any more', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data, errors } = await gateway.execute('query ($id: ID!) { call(id: $id) { id } }', session, {
    id: globalId('cloudlink', 'LiveCall', '1001/40999'),
  });
  expect({ data, errors }).toEqual({ data: { call: null }, errors: [] });
});

it('says what is missing where there is no token', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute(
    'query ($id: ID!) { endpoint(id: $id) { id } }',
    {},
    {
      id: endpointId('1001'),
    },
  );
  expect(data).toEqual({ endpoint: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', platform: 'cloudlink' } }]);
});

it('answers, holds, retrieves and ends a call, and shows it as it is after each', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await place(gateway, session, '1003');
  const { id: call } = await onlyCall(gateway, session, '1003');
  await gateway.bill();
  expect(await command(gateway, session, 'answerCall', { call })).toMatchObject({
    data: { call: { id: call, state: 'CONNECTED' } },
  });
  expect(await gateway.bill()).toEqual([CONTROL, CALL]);
  expect(await command(gateway, session, 'holdCall', { call })).toMatchObject({
    data: { call: { state: 'HELD' } },
  });
  expect(await gateway.bill()).toEqual([CALL, CONTROL, CALL]);
  expect(await command(gateway, session, 'retrieveCall', { call })).toMatchObject({
    data: { call: { state: 'CONNECTED' } },
  });
  await gateway.bill();
  expect(
    await command(gateway, session, 'endCall', { call }, 'call { state } endpoint { state }'),
  ).toMatchObject({ data: { call: { state: 'COMPLETED' }, endpoint: { state: 'IDLE' } } });
  expect(await gateway.bill()).toEqual([CONTROL, CALL, ENDPOINT]);
});

it('leaves a call on hold that is on hold already, since the command would take it back', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await place(gateway, session, '1003');
  const { id: call } = await onlyCall(gateway, session, '1003');
  await command(gateway, session, 'answerCall', { call });
  await command(gateway, session, 'holdCall', { call });
  await gateway.bill();
  expect(await command(gateway, session, 'holdCall', { call })).toMatchObject({
    data: { call: { state: 'HELD' } },
  });
  expect(await gateway.bill()).toEqual([CALL]);
});

it('shows the same where the platform has only accepted a command', async () => {
  const gateway = await withGateway({ switches: { cloudlinkAcceptCommands: true } });
  const session = await gateway.signIn();
  await place(gateway, session, '1003');
  const { id: call } = await onlyCall(gateway, session, '1003');
  expect(await command(gateway, session, 'answerCall', { call })).toMatchObject({
    data: { call: { state: 'CONNECTED' } },
  });
  expect(
    await command(
      gateway,
      session,
      'setDoNotDisturb',
      { endpoint: endpointId('1005'), enabled: true, availability: 'AWAY' },
      'isDoNotDisturb availability',
    ),
  ).toMatchObject({ data: { isDoNotDisturb: true, availability: 'AWAY' } });
});

it('reads until a command shows, and says so where it does not', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await place(gateway, session, '1003');
  const { id: call } = await onlyCall(gateway, session, '1003');
  const stale = { type: 'body', body: { callId: 'endpoints/1003/calls/40002', state: 'ringing' } } as const;
  await gateway.sandbox.fail({ match: { route: CALL }, fault: stale, times: 1 });
  await gateway.bill();
  expect(await command(gateway, session, 'answerCall', { call })).toMatchObject({
    data: { call: { state: 'CONNECTED' } },
  });
  expect(await gateway.bill()).toEqual([CONTROL, CALL, CALL]);
  await gateway.sandbox.fail({ match: { route: CALL }, fault: stale });
  expect(await command(gateway, session, 'endCall', { call })).toMatchObject({
    code: 'ACCEPTED_NOT_VISIBLE',
  });
  expect(await gateway.bill()).toEqual([CONTROL, CALL, CALL, CALL, CALL, CALL]);
});

it('asks a colleague and hands the call over to them', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await place(gateway, session, '1003');
  const { id: call } = await onlyCall(gateway, session, '1003');
  await command(gateway, session, 'answerCall', { call });
  await gateway.bill();
  const asked = await command(
    gateway,
    session,
    'consultCall',
    { call, to: '1005' },
    'call { id state } consultation { id to { number } }',
  );
  expect(await gateway.bill()).toEqual([CONTROL, CALLS]);
  expect(asked.data).toMatchObject({
    call: { id: call, state: 'HELD' },
    consultation: { to: { number: '1005' } },
  });
  const { id: ringing } = await onlyCall(gateway, session, '1005');
  await command(gateway, session, 'answerCall', { call: ringing });
  const handed = await command(gateway, session, 'transferCall', {
    call,
    to: { call: asked.data.consultation.id },
  });
  expect(handed).toMatchObject({ __typename: 'TransferCallSuccess' });
  expect(await onlyCall(gateway, session, '1005')).toMatchObject({ state: 'CONNECTED' });
});

it('transfers blindly, redirects and joins', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await place(gateway, session, '1003');
  const { id: ringing } = await onlyCall(gateway, session, '1003');
  expect(await command(gateway, session, 'redirectCall', { call: ringing, to: '1005' })).toMatchObject({
    __typename: 'RedirectCallSuccess',
  });
  const { id: redirected } = await onlyCall(gateway, session, '1005');
  await command(gateway, session, 'answerCall', { call: redirected });
  expect(
    await command(gateway, session, 'transferCall', { call: redirected, to: { number: '1009' } }),
  ).toMatchObject({ __typename: 'TransferCallSuccess' });
  const { id: transferred } = await onlyCall(gateway, session, '1009');
  await command(gateway, session, 'answerCall', { call: transferred });
  const asked = await command(
    gateway,
    session,
    'consultCall',
    { call: transferred, to: '1003' },
    'consultation { id }',
  );
  await command(
    gateway,
    session,
    'answerCall',
    await onlyCall(gateway, session, '1003').then(({ id }) => ({ call: id })),
  );
  expect(
    await command(gateway, session, 'conferenceCall', { call: asked.data.consultation.id }),
  ).toMatchObject({ data: { call: { state: 'CONNECTED' } } });
});

it('sends tones, and tags, pauses and resumes a recording', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const { data } = await gateway.execute(
    `mutation ($input: PlaceCallInput!) { placeCall(input: $input) { ... on PlaceCallSuccess { data { id } } } }`,
    session,
    {
      input: {
        endpoint: endpointId('1001'),
        to: '1003',
        isRecorded: true,
        ringSeconds: 20,
        fromName: 'Front desk',
      },
    },
  );
  const call = data?.['placeCall'].data.id;
  await command(
    gateway,
    session,
    'answerCall',
    await onlyCall(gateway, session, '1003').then(({ id }) => ({ call: id })),
  );
  const tags = [{ name: 'case', value: 'A"4\n' }];
  for (const [name, more] of [
    ['sendDtmf', { digits: '12*#' }],
    ['tagRecording', { tags }],
    ['pauseRecording', {}],
    ['resumeRecording', {}],
  ] as const) {
    expect(await command(gateway, session, name, { call, ...more })).toMatchObject({
      data: { call: { state: 'CONNECTED' } },
    });
  }
  const sent = (await gateway.sandbox.requests())
    .filter(({ route }) => route === CONTROL)
    .map(({ body }) => body);
  expect(sent.slice(-4).map((body) => JSON.parse(body))).toEqual([
    { action: 'dtmf', args: '12*#' },
    { action: 'tagRecording', args: JSON.stringify({ case: 'A"4\n' }) },
    { action: 'pauseRecording' },
    { action: 'resumeRecording' },
  ]);
});

it('says whom to report to, and which other call a call belongs to', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const first = await place(gateway, session, '+12125550188');
  await gateway.sandbox.control('DELETE', '/requests');
  const { data, errors } = await gateway.execute(
    `mutation ($input: PlaceCallInput!) { placeCall(input: $input) { ... on PlaceCallSuccess { data { id } } ... on Rejection { code message } } }`,
    session,
    {
      input: {
        endpoint: endpointId('1001'),
        to: '+12125550189',
        associatedCall: first,
        isBridgedOnAnswer: true,
        successUrl: 'https://erp.example.com/calls?ok=1&n=%20',
        failureUrl: 'https://erp.example.com/calls?ok=0',
      },
    },
  );
  expect(errors).toEqual([]);
  expect(data?.['placeCall'].data.id).not.toBe(first);
  const [request, ...others] = await gateway.sandbox.requests();
  expect(others).toEqual([]);
  const [, pbxCallId] = Buffer.from(first, 'base64url').toString().split('/');
  expect(JSON.parse(request?.body ?? '')).toEqual({
    to: '+12125550189',
    successUrl: 'https://erp.example.com/calls?ok=1&n=%20',
    failureUrl: 'https://erp.example.com/calls?ok=0',
    associatedCallId: pbxCallId,
    executeOnAnswer: 'bridge',
  });
});

it('keeps the availability that is set when only the message light is switched', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const endpoint = endpointId('1003');
  await command(
    gateway,
    session,
    'setDoNotDisturb',
    { endpoint, enabled: false, availability: 'AWAY' },
    'id',
  );
  await gateway.bill();
  expect(
    await command(
      gateway,
      session,
      'setMessageWaiting',
      { endpoint, enabled: true },
      'hasMessageWaiting availability isDoNotDisturb',
    ),
  ).toMatchObject({ data: { hasMessageWaiting: true, availability: 'AWAY', isDoNotDisturb: false } });
  expect(await gateway.bill()).toEqual([ENDPOINT, 'PUT /endpoints/{endpointId}', ENDPOINT]);
});

const call = globalId('cloudlink', 'LiveCall', '1001/40001');
const endpoint = endpointId('1001');

it.each([
  ['placeCall', { endpoint, to: '10 03&x=1' }, 'to'],
  ['placeCall', { endpoint, to: '' }, 'to'],
  ['placeCall', { endpoint, to: '1003', from: '../1' }, 'from'],
  ['placeCall', { endpoint, to: '1003', fromName: '\ud800' }, 'fromName'],
  ['placeCall', { endpoint, to: '1003', ringSeconds: 121 }, 'ringSeconds'],
  ['placeCall', { endpoint, to: '1003', isBridgedOnAnswer: true }, 'isBridgedOnAnswer'],
  ['placeCall', { endpoint, to: '1003', associatedCall: endpoint }, 'associatedCall'],
  ['placeCall', { endpoint: endpointId('1002'), to: '1003', associatedCall: call }, 'associatedCall'],
  ['placeCall', { endpoint, to: '1003', successUrl: 'javascript:alert(1)' }, 'successUrl'],
  ['placeCall', { endpoint, to: '1003', failureUrl: 'reports.example.com' }, 'failureUrl'],
  ['placeCall', { endpoint: call, to: '1003' }, 'endpoint'],
  ['transferCall', { call, to: { number: 'x' } }, 'to.number'],
  ['transferCall', { call, to: { call } }, 'to.call'],
  ['transferCall', { call, to: { call: globalId('cloudlink', 'LiveCall', '1003/40001') } }, 'to.call'],
  ['consultCall', { call, to: '%2e' }, 'to'],
  ['redirectCall', { call, to: "'" }, 'to'],
  ['sendDtmf', { call, digits: '12E' }, 'digits'],
  ['tagRecording', { call, tags: [] }, 'tags'],
  [
    'tagRecording',
    {
      call,
      tags: [
        { name: 'a', value: 'b' },
        { name: 'a', value: 'c' },
      ],
    },
    'tags.1.name',
  ],
  ['tagRecording', { call, tags: [{ name: 'a', value: '\udc00' }] }, 'tags.0.value'],
  ['answerCall', { call: guid(9, 1) }, 'call'],
])('%s with %j is refused by its field before anything is sent', async (name, input, field) => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  expect(await command(gateway, session, name, input, '__typename')).toMatchObject({
    __typename: 'Rejection',
    code: 'BAD_USER_INPUT',
    field,
  });
  expect(await gateway.bill()).toEqual([]);
});

it('tells what upstream refuses as a part of the result', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const placed = await place(gateway, session, '1003');
  expect(await command(gateway, session, 'answerCall', { call: placed })).toMatchObject({ code: 'CONFLICT' });
  expect(await command(gateway, session, 'endCall', { call })).toMatchObject({
    __typename: 'EndCallSuccess',
  });
  expect(
    await command(gateway, session, 'endCall', { call: globalId('cloudlink', 'LiveCall', '1001/7') }),
  ).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await command(gateway, await gateway.signIn('ben'), 'endCall', { call: placed })).toMatchObject({
    code: 'FORBIDDEN',
  });
});

const writes: readonly (readonly [string, object, string])[] = [
  ['placeCall', { endpoint, to: '1003' }, PLACE],
  ['answerCall', { call }, CONTROL],
  ['endCall', { call }, CONTROL],
  ['holdCall', { call }, CONTROL],
  ['retrieveCall', { call }, CONTROL],
  ['transferCall', { call, to: { number: '1003' } }, CONTROL],
  ['consultCall', { call, to: '1003' }, CONTROL],
  ['redirectCall', { call, to: '1003' }, CONTROL],
  ['conferenceCall', { call }, CONTROL],
  ['sendDtmf', { call, digits: '1' }, CONTROL],
  ['pauseRecording', { call }, CONTROL],
  ['resumeRecording', { call }, CONTROL],
  ['tagRecording', { call, tags: [{ name: 'a', value: 'b' }] }, CONTROL],
  ['setDoNotDisturb', { endpoint, enabled: true }, 'PUT /endpoints/{endpointId}'],
  ['setMessageWaiting', { endpoint, enabled: true }, 'PUT /endpoints/{endpointId}'],
];

it('sends every write once, whatever becomes of it', async () => {
  const gateway = await withGateway({ env: { TRY_TIMEOUT_MS: '300' } });
  const session = await gateway.signIn();
  for (const fault of [{ type: 'status', status: 503 }, { type: 'reset' }, { type: 'hang' }] as const) {
    for (const [name, input, route] of writes) {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      const rule = await gateway.sandbox.fail({ match: { route }, fault });
      await gateway.bill();
      const { data, errors } = await gateway.execute(
        `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename } }`,
        session,
        { input },
      );
      expect([name, data?.[name] ?? null]).toEqual([name, null]);
      expect({ name, errors }).toMatchObject({
        name,
        errors: [
          { extensions: { code: fault.type === 'hang' ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE' } },
        ],
      });
      const sent = await gateway.bill();
      expect([name, ...sent.filter((line) => line === route)]).toEqual([name, route]);
      await gateway.sandbox.control('DELETE', `/faults/${rule.id}`);
    }
  }
}, 60_000);

it('makes a retry by the same key one call', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const mutation = `mutation ($input: PlaceCallInput!) {
    placeCall(input: $input, clientMutationKey: "order-7") { ... on PlaceCallSuccess { data { id } } }
  }`;
  const input = { endpoint, to: '1003' };
  await gateway.bill();
  const first = await gateway.execute(mutation, session, { input });
  const second = await gateway.execute(mutation, session, { input });
  expect(second.data).toEqual(first.data);
  expect(await gateway.bill()).toEqual([PLACE]);
});
