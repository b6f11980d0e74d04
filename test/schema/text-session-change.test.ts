import { describe, expect, it } from 'vitest';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, GLOBEX, legacyCalls, readRaw } from '../helpers/legacy.ts';
import { hostileTexts, losses } from '../helpers/loss.ts';

const SESSION = 'sessionId name isMuted participants queueName';
const rejection = '... on Rejection { code field message }';
const documents = {
  update: `mutation ($input: UpdateTextSessionInput!, $key: String) { result: updateTextSession(input: $input, clientMutationKey: $key) {
    ... on UpdateTextSessionSuccess { data { ${SESSION} } } ${rejection} } }`,
  leave: `mutation ($input: LeaveTextSessionInput!, $key: String) { result: leaveTextSession(input: $input, clientMutationKey: $key) {
    ... on LeaveTextSessionSuccess { data } ${rejection} } }`,
  accept: `mutation ($input: AcceptTextSessionInput!, $key: String) { result: acceptTextSession(input: $input, clientMutationKey: $key) {
    ... on AcceptTextSessionSuccess { data { ${SESSION} } } ${rejection} } }`,
  dispatch: `mutation ($input: DispatchTextSessionInput!, $key: String) { result: dispatchTextSession(input: $input, clientMutationKey: $key) {
    ... on DispatchTextSessionSuccess { data { session { ${SESSION} } } } ${rejection} } }`,
};

const sessionId = (name: string, user = '1001') =>
  globalId('subscriber', 'TextSession', `${ACME}/${user} ${name}`);
const queueId = (name: string, domain = ACME) => globalId('subscriber', 'CallQueue', `${domain}/${name}`);
const uid = (user: string) => `${user}@${ACME}`;

const MEETING = sessionId('meeting-morning');
const THREAD = sessionId('queue-800-1');

const signedIn = async (options: GatewayOptions = {}, person: 'ada' | 'ben' | 'grace' = 'ada') => {
  const gateway = await withGateway({
    ...options,
    switches: { legacyWriteDelayMs: 0, ...options.switches },
  });
  const session = await gateway.signIn(person);
  await gateway.bill();
  return {
    gateway,
    change: async (verb: keyof typeof documents, input: object, key?: string) => {
      const { data, errors } = await gateway.execute(documents[verb], session, { input, key });
      return { result: data?.['result'], errors };
    },
    writes: async () =>
      (await legacyCalls(gateway.sandbox, 'messagesession')).filter(({ action }) => action !== 'read'),
    sessionsOf: (user: string) =>
      readRaw(gateway, { domain: ACME, user }, 'ada', 'object=messagesession&action=read'),
  };
};

describe('a text session', () => {
  it.each([0, 300])('is changed, and answered once it shows (after %i ms)', async (legacyWriteDelayMs) => {
    const { change, writes } = await signedIn({ switches: { legacyWriteDelayMs } });
    const participants = [uid('1003'), uid('1001'), '+12125550199'];
    const input = { session: MEETING, name: 'Grüße & more?', isMuted: true, participants };
    const { result, errors } = await change('update', input);
    expect(errors).toEqual([]);
    expect(result.data).toMatchObject({
      sessionId: 'meeting-morning',
      name: 'Grüße & more?',
      isMuted: true,
      participants,
    });
    expect(await writes()).toEqual([
      {
        action: 'update',
        format: 'json',
        domain: ACME,
        user: '1001',
        session_id: 'meeting-morning',
        session_name: 'Grüße & more?',
        muted: 'yes',
        participants: participants.join(','),
      },
    ]);
  });

  it('is silenced for one of its people alone', async () => {
    const { gateway, change, writes, sessionsOf } = await signedIn();
    const { result } = await change('update', { session: MEETING, isMuted: true });
    expect(result.data).toMatchObject({ isMuted: true, name: 'Morning meeting' });
    expect((await writes())[0]).not.toHaveProperty('participants');
    expect(await gateway.bill()).toEqual(['messagesession update', 'messagesession read']);
    const other = (await sessionsOf('1002')).find((row) => row['session_id'] === 'meeting-morning');
    expect(other).toMatchObject({ muted: 'no' });
  });

  it('is left, and stays for the others', async () => {
    const { gateway, change, sessionsOf } = await signedIn();
    expect((await change('leave', { session: MEETING })).result).toEqual({ data: MEETING });
    expect(await gateway.bill()).toEqual(['messagesession leave', 'messagesession read']);
    const ids = async (user: string) => (await sessionsOf(user)).map((row) => row['session_id']);
    expect(await ids('1001')).not.toContain('meeting-morning');
    expect(await ids('1002')).toContain('meeting-morning');
  });

  it.each([0, 300])(
    'is taken out of its queue by an agent, and given back (%i ms)',
    async (legacyWriteDelayMs) => {
      const { change, writes } = await signedIn({ switches: { legacyWriteDelayMs } });
      const accepted = await change('accept', { session: THREAD });
      expect(accepted.result.data).toMatchObject({ queueName: null });
      expect(accepted.result.data.participants).toContain(uid('1001'));
      const dispatched = await change('dispatch', { session: THREAD, queue: queueId('800') });
      expect(dispatched.result.data.session).toMatchObject({ queueName: '800' });
      expect(dispatched.result.data.session.participants).not.toContain(uid('1001'));
      expect((await writes()).map(({ action, term_queue = '' }) => `${action} ${term_queue}`)).toEqual([
        'accept ',
        'dispatch 800',
      ]);
    },
  );

  it('is out of sight where it went to a queue of others', async () => {
    const { change } = await signedIn();
    await change('accept', { session: THREAD });
    const { result, errors } = await change('dispatch', { session: THREAD, queue: queueId('700') });
    expect(errors).toEqual([]);
    expect(result).toEqual({ data: { session: null } });
  });

  it.each(['update', 'leave', 'accept'] as const)('is refused where there is none: %s', async (verb) => {
    const { change } = await signedIn();
    const session = sessionId('gone');
    const { result, errors } = await change(verb, { session, ...(verb === 'update' && { isMuted: true }) });
    expect(errors).toEqual([]);
    expect(result).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    ['update', { session: MEETING }, 'input'],
    ['update', { session: MEETING, name: null }, 'name'],
    ['update', { session: MEETING, participants: [] }, 'participants'],
    ['update', { session: MEETING, participants: [uid('1002')] }, 'participants'],
    ['update', { session: MEETING, participants: [uid('1001'), 'a,b'] }, 'participants.1'],
    ['update', { session: MEETING, participants: [uid('1001'), 'somebody'] }, 'participants.1'],
    ...['*', '%', '10~'].map(
      (user) =>
        ['update', { session: MEETING, participants: [uid('1001'), uid(user)] }, 'participants.1'] as const,
    ),
    ['update', { session: MEETING, participants: [uid('1001'), '1002@*'] }, 'participants.1'],
    ['leave', { session: queueId('800') }, 'session'],
    ['accept', { session: 'x' }, 'session'],
    ['dispatch', { session: THREAD, queue: THREAD }, 'queue'],
    ['dispatch', { session: THREAD, queue: queueId('800', GLOBEX) }, 'queue'],
  ] as const)('is refused before anything is sent: %s %j', async (verb, input, field) => {
    const { gateway, change } = await signedIn();
    const { result, errors } = await change(verb, input);
    expect(errors).toEqual([]);
    expect(result).toMatchObject({ code: 'BAD_USER_INPUT', field });
    expect(await gateway.bill()).toEqual([]);
  });

  it.each(hostileTexts)('is called %j and nothing else, or keeps its name', async (name) => {
    const { change, writes } = await signedIn();
    const { result, errors } = await change('update', { session: MEETING, name });
    expect(errors).toEqual([]);
    const isSent = name.trim() !== '' && name.isWellFormed();
    expect(result.code).toBe(isSent ? undefined : 'BAD_USER_INPUT');
    expect((await writes()).map(({ action, session_name }) => [action, session_name])).toEqual(
      isSent ? [['update', name]] : [],
    );
  });

  it('is left once for a key', async () => {
    const { change, writes } = await signedIn();
    const first = await change('leave', { session: MEETING }, 'k');
    expect(await change('leave', { session: MEETING }, 'k')).toEqual(first);
    expect(await writes()).toHaveLength(1);
  });

  it.each(losses)('is changed at most once under %s', async (_name, fault, code) => {
    const { gateway, change } = await signedIn({ env: { TRY_TIMEOUT_MS: '300' } });
    await gateway.sandbox.fail({ match: { object: 'messagesession', action: 'accept' }, fault });
    const { errors } = await change('accept', { session: THREAD });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual([code]);
    expect(await gateway.bill()).toEqual(['messagesession accept']);
  });

  it('needs a token of the legacy platform', async () => {
    const gateway = await withGateway();
    const { errors } = await gateway.execute(documents.leave, {}, { input: { session: MEETING } });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await gateway.bill()).toEqual([]);
  });
});
