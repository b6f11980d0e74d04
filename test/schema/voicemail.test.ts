import { describe, expect, it } from 'vitest';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls } from '../helpers/legacy.ts';
import { losses } from '../helpers/loss.ts';

const READ = 'audio read';
const VOICEMAIL =
  'id index folder folderText receivedAt { instant } durationSeconds sizeBytes callerNumber callerName transcription fileName';

const signedIn = async (options: GatewayOptions = {}, person: 'ada' | 'ben' | 'grace' = 'ada') => {
  const gateway = await withGateway({ ...options, switches: { legacyWriteDelayMs: 0, ...options.switches } });
  const session = await gateway.signIn(person);
  await gateway.bill();
  return {
    gateway,
    execute: async (query: string, variables: object = {}) => {
      const answer = await gateway.execute(query, session, variables);
      return { ...answer, data: answer.data ?? {} };
    },
  };
};

const listed = async (
  execute: Awaited<ReturnType<typeof signedIn>>['execute'],
  folder = 'NEW',
): Promise<readonly Record<string, any>[]> => {
  const { data, errors } = await execute(
    `{ subscriber(user: "1001") { voicemails(folder: ${folder}) { totalCount nodes { ${VOICEMAIL} } } } }`,
  );
  expect(errors).toEqual([]);
  const { nodes, totalCount } = data['subscriber'].voicemails;
  expect(nodes).toHaveLength(totalCount);
  return nodes;
};

const mutation = (name: string, type: string, selection: string) =>
  `mutation ($input: ${type}!) { result: ${name}(input: $input) {
    ... on ${name.charAt(0).toUpperCase()}${name.slice(1)}Success { data ${selection} }
    ... on Rejection { code field message } } }`;
const MOVE = mutation('moveVoicemail', 'MoveVoicemailInput', '{ id folder }');
const DELETE = mutation('deleteVoicemail', 'DeleteVoicemailInput', '');

describe('voicemail', () => {
  it('is listed folder by folder, newest first, without greetings and without an address', async () => {
    for (const legacyTyping of ['strings', 'numeric'] as const) {
      const { gateway, execute } = await signedIn({ switches: { legacyTyping } });
      const fresh = await listed(execute);
      expect(fresh).toHaveLength(2);
      expect(fresh[0]).toMatchObject({
        folder: 'NEW',
        folderText: 'vmail/new',
        durationSeconds: 14,
        transcription: 'Please call me back about the delivery.',
      });
      expect(fresh[0]?.['receivedAt'].instant > fresh[1]?.['receivedAt'].instant).toBe(true);
      expect(await gateway.bill()).toEqual(['subscriber read', READ, 'audio count']);
      expect((await listed(execute, 'SAVED')).map(({ folder }) => folder)).toEqual(['SAVED']);
      expect((await listed(execute, 'TRASH')).map(({ folder }) => folder)).toEqual(['TRASH']);
    }
  });

  it.each([10, 100])('costs one request for each of %i mailboxes', async (count) => {
    const { gateway, execute } = await signedIn({ users: 250 });
    const { data, errors } = await execute(
      `{ subscribers(first: ${count}) { nodes { voicemails { nodes { subscriber { extension } } } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data['subscribers'].nodes).toHaveLength(count);
    expect((await gateway.bill()).filter((line) => line === READ)).toHaveLength(count);
  });

  it('is found again by id, and is null for what is no voicemail', async () => {
    const { gateway, execute } = await signedIn();
    const [first] = await listed(execute);
    await gateway.bill();
    const { data, errors } = await execute('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [first?.['id'], globalId('subscriber', 'Voicemail', `${ACME}/1001 99999`)],
    });
    expect(errors).toEqual([]);
    expect(data['nodes']).toEqual([{ id: first?.['id'] }, null]);
    expect(await gateway.bill()).toEqual([READ, READ]);
  });

  it('keeps a failed mailbox from failing the others, and needs a token', async () => {
    const { gateway, execute } = await signedIn();
    await gateway.sandbox.fail({
      match: { object: 'audio' },
      times: 1,
      fault: { type: 'status', status: 500 },
    });
    const { data, errors } = await execute(
      '{ subscribers(first: 3) { nodes { voicemails { nodes { id } } } } }',
    );
    expect(errors).toHaveLength(1);
    const boxes = data['subscribers'].nodes.map(({ voicemails }: any) => voicemails);
    expect(boxes.filter((box: unknown) => box === null)).toHaveLength(1);
    const anonymous = await gateway.execute(
      `{ voicemail(id: "${globalId('subscriber', 'Voicemail', `${ACME}/1001 1`)}") { id } }`,
    );
    expect(anonymous.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is marked as heard, thrown away and deleted, and shows so', async () => {
    const { gateway, execute } = await signedIn({ switches: { legacyWriteDelayMs: 300 } });
    const [first] = await listed(execute);
    await gateway.bill();
    const voicemail = first?.['id'];
    const heard = await execute(MOVE, { input: { voicemail } });
    expect(heard.data['result'].data).toEqual({ id: voicemail, folder: 'SAVED' });
    expect((await legacyCalls(gateway.sandbox, 'audio'))[0]).toMatchObject({
      action: 'update',
      owner_domain: ACME,
      owner: '1001',
      index: first?.['index'],
      type: 'vmail/save',
    });
    const thrown = await execute(MOVE, { input: { voicemail, folder: 'TRASH' } });
    expect(thrown.data['result'].data.folder).toBe('TRASH');
    const deleted = await execute(DELETE, { input: { voicemail } });
    expect(deleted.data['result']).toEqual({ data: voicemail });
    expect((await execute(`{ voicemail(id: "${voicemail}") { id } }`)).data).toEqual({ voicemail: null });
    const again = await execute(DELETE, { input: { voicemail } });
    expect(again.data['result']).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses ids of other things before anything is sent', async () => {
    const { gateway, execute } = await signedIn();
    for (const voicemail of [
      '',
      'x',
      globalId('subscriber', 'Domain', ACME),
      globalId('subscriber', 'Voicemail', `${ACME}/1001 *`),
    ]) {
      const { data } = await execute(DELETE, { input: { voicemail } });
      expect(data['result']).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.voicemail' });
    }
    expect(await gateway.bill()).toEqual([]);
  });

  it.each(losses)('is changed at most once under %s', async (_name, fault, code) => {
    const { gateway, execute } = await signedIn({ env: { TRY_TIMEOUT_MS: '300' } });
    const [first] = await listed(execute);
    const voicemail = first?.['id'];
    for (const [query, action] of [
      [MOVE, 'update'],
      [DELETE, 'delete'],
    ] as const) {
      await gateway.sandbox.fail({ match: { object: 'audio', action }, fault });
      await gateway.bill();
      const { errors } = await execute(query, { input: { voicemail } });
      expect(errors.map(({ extensions }) => extensions['code'])).toEqual([code]);
      expect(await gateway.bill()).toEqual([`audio ${action}`]);
    }
  });
});
