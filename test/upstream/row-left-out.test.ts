import { expect, it } from 'vitest';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';

/** What the sandbox would answer on a path of a CloudLink service, with `change` made to it. */
const answerWith = async (
  gateway: TestGateway,
  { path, route, change }: { path: string; route: string; change: (items: any) => void },
) => {
  const { cloudlink } = await gateway.tokens();
  const response = await fetch(`${gateway.sandbox.url}${path}`, { headers: cloudlink });
  const body: any = await response.json();
  change(body['_embedded'].items);
  await gateway.sandbox.fail({
    match: { route },
    times: 1,
    fault: { type: 'body', body, contentType: 'application/json' },
  });
  await gateway.bill();
};

const leftOut = expect.objectContaining({ code: 'ROW_LEFT_OUT' });

it('one record without its id costs nobody the others, and is warned of once', async () => {
  const gateway = await withGateway();
  await gateway.sandbox.control('POST', '/reset', { calls: 600 });
  const session = await gateway.signIn();
  const query =
    '{ users(first: 3) { nodes { id callRecords(first: 5) { nodes { recordId } pageInfo { endCursor } } } } }';
  const { data: before } = await gateway.execute(query, session);
  const path = '/media/2017-09-01/calls/records?$top=1000';
  let lost = '';
  await answerWith(gateway, {
    path: encodeURI(path),
    route: 'GET /calls/records',
    change: (items) => {
      const own = new Set(
        before?.['users'].nodes.flatMap((user: any) =>
          user.callRecords.nodes.map((record: any) => record.recordId),
        ),
      );
      const odd = items.find(({ callId }: any) => own.has(callId));
      lost = odd.callId;
      delete odd.callId;
    },
  });

  const { data, errors, extensions } = await gateway.execute(query, session);

  expect(errors).toEqual([]);
  expect(extensions['warnings']).toEqual([leftOut]);
  expect(await gateway.bill()).toEqual(['GET /accounts/{accountId}/users', 'GET /calls/records']);
  for (const [index, { id, callRecords }] of (data?.['users'].nodes ?? []).entries()) {
    const all = before?.['users'].nodes[index].callRecords.nodes.map(({ recordId }: any) => recordId);
    const shown = callRecords.nodes.map(({ recordId }: any) => recordId);
    expect(shown.length).toBe(5);
    expect(shown.slice(0, 4)).toEqual(all.filter((record: string) => record !== lost).slice(0, 4));
    // The next page begins where this one ends, the place of the lost one counted.
    const next = await gateway.execute(
      'query ($id: ID!, $after: String) { user(id: $id) { callRecords(first: 5, after: $after) { nodes { recordId } } } }',
      session,
      { id, after: callRecords.pageInfo.endCursor },
    );
    const following = next.data?.['user'].callRecords.nodes.map(({ recordId }: any) => recordId);
    expect(
      following.filter((record: string) =>
        [...shown, ...(all.includes(lost) ? [lost] : [])].includes(record),
      ),
    ).toEqual([]);
  }
});

const CONVERSATIONS = {
  path: encodeURI('/chat/2017-09-01/conversations?$top=4'),
  route: 'GET /conversations',
};
const BOARD =
  '{ conversations(first: 3) { nodes { conversationId participants { participantId } lastMessage { messageId } } } }';

it('one participant without an id costs a conversation neither the others nor its place', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const before = (await gateway.execute(BOARD, session)).data?.['conversations'].nodes;
  await answerWith(gateway, {
    ...CONVERSATIONS,
    change: (items) => {
      const [first] = items[0]['_embedded'].participants['_embedded'].items;
      delete first.participantId;
      delete first.userId;
    },
  });

  const { data, errors, extensions } = await gateway.execute(BOARD, session);

  expect(errors).toEqual([]);
  expect(extensions['warnings']).toEqual([leftOut]);
  expect(data?.['conversations'].nodes).toEqual([
    { ...before[0], participants: before[0].participants.slice(1) },
    ...before.slice(1),
  ]);
  expect(await gateway.bill()).toEqual(['GET /conversations']);
});

it('a last message that cannot be read is asked for itself, and the conversation stays', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  const before = (await gateway.execute(BOARD, session)).data?.['conversations'].nodes;
  await answerWith(gateway, {
    ...CONVERSATIONS,
    change: (items) => {
      delete items[1]['_embedded'].messages['_embedded'].items[0].messageId;
    },
  });

  const { data, errors } = await gateway.execute(BOARD, session);

  expect(errors).toEqual([]);
  expect(data?.['conversations'].nodes).toEqual(before);
  expect(await gateway.bill()).toEqual([
    'GET /conversations',
    'GET /conversations/{conversationId}/messages',
  ]);
});
