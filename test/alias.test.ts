import { expect, it } from 'vitest';
import { guid } from '../src/sandbox/company.ts';
import { conversationId } from './helpers/chat.ts';
import { exampleOf } from './helpers/example.ts';
import { withGateway } from './helpers/gateway.ts';
import { globalId } from './helpers/global-id.ts';

const user = globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, 1)}`);
const record = String(exampleOf('Query.callRecord')?.['id']);
const conference = String(exampleOf('Query.conference')?.['id']);
const endpoint = globalId('cloudlink', 'Endpoint', '1001');

it.each([
  ['a user by id', `user(id: "${user}") { name }`, 'GET /accounts/{accountId}/users/{userId}'],
  ['a node', `node(id: "${user}") { id }`, 'GET /accounts/{accountId}/users/{userId}'],
  ['a list of users', 'users(first: 5) { nodes { name } }', 'GET /accounts/{accountId}/users'],
  ['an account', 'account { number }', 'GET /accounts/{accountId}'],
  [
    'a conversation',
    `conversation(id: "${conversationId(0)}") { name }`,
    'GET /conversations/{conversationId}',
  ],
  ['a list of conversations', 'conversations(first: 5) { nodes { name } }', 'GET /conversations'],
  ['a call record', `callRecord(id: "${record}") { startedAt }`, 'GET /calls/{callId}/records'],
  ['a list of call records', 'callRecords(first: 5) { nodes { startedAt } }', 'GET /calls/records'],
  ['a conference', `conference(id: "${conference}") { name }`, 'GET /conferences/{conferenceId}'],
  ['a list of recordings', 'recordings(first: 5) { nodes { label } }', 'GET /recordings'],
  [
    'the calls of an endpoint',
    `liveCalls(endpoints: ["${endpoint}"]) { calls { state } }`,
    'GET /endpoints/{endpointId}/calls',
  ],
  ['a domain', 'domain { description }', 'domain read'],
  ['a subscriber', 'subscriber(user: "1001") { name }', 'subscriber read'],
  ['a list of subscribers', 'subscribers(first: 5) { nodes { name } }', 'subscriber read'],
  ['a device', 'device(name: "1001") { name }', 'device read'],
  ['a list of devices', 'devices(first: 5) { nodes { name } }', 'device read'],
  ['a list of presences', 'presences { name }', 'presence list'],
  ['a list of departments', 'departments { name }', 'department list'],
  ['a list of active calls', 'activeCalls(first: 5) { nodes { id } }', 'call read'],
  ['a list of call queues', 'callQueues(first: 5) { nodes { name } }', 'callqueue read'],
])('500 aliases of %s cost one upstream request', async (_what, field, request) => {
  const gateway = await withGateway({ env: { MAX_DOCUMENT_TOKENS: '20000' } });
  const session = await gateway.signIn();
  await gateway.bill();
  const aliases = Array.from({ length: 500 }, (_, index) => `a${index}`);
  const { data, errors } = await gateway.execute(
    `{ ${aliases.map((alias) => `${alias}: ${field}`).join(' ')} }`,
    session,
  );
  expect(errors).toEqual([]);
  expect(Object.keys(data ?? {})).toEqual(aliases);
  expect(new Set(Object.values(data ?? {}).map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(data?.['a0']).not.toBeNull();
  expect(await gateway.bill()).toEqual([request]);
});
