import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type GatewayOptions, type Person } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { losses } from '../helpers/loss.ts';

const PARTICIPANTS = 'POST /conferences/{conferenceId}/participants';
const CONNECTIONS = 'POST /conferences/{conferenceId}/participants/{participantId}/connections';
const READ = 'GET /conferences/{conferenceId}/participants/{participantId}';
const REMOVE = 'DELETE /conferences/{conferenceId}/participants/{participantId}';

const userId = (index: number) => globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, index)}`);

const document = (name: 'invite' | 'connect' | 'remove') => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}ConferenceParticipant`;
  const data = name === 'remove' ? '' : '{ participant { id participantId state isMuted user { name } } }';
  return `mutation ($input: ${type}Input!, $key: String) { result: ${name}ConferenceParticipant(input: $input, clientMutationKey: $key) {
    ... on ${type}Success { data ${data} } ... on Rejection { code field message } } }`;
};

/** A conference of Ada's with one guest, as the person given here may change it. */
const withConference = async (options: GatewayOptions = {}, person: Person = 'ada') => {
  const gateway = await withGateway(options);
  const ada = await gateway.signIn();
  const { data } = await gateway.execute(
    `mutation ($guest: ID!) { createConference(input: { participants: [$guest] }) {
      ... on CreateConferenceSuccess { data { id conferenceId } } } }`,
    ada,
    { guest: userId(2) },
  );
  const { id: conference, conferenceId } = data?.['createConference'].data ?? {};
  const session = person === 'ada' ? ada : await gateway.signIn(person);
  await gateway.bill();
  return {
    gateway,
    conference: conference as string,
    participantId: (index: number) =>
      globalId('cloudlink', 'ConferenceParticipant', `${conferenceId}/${guid(2, index)}`),
    change: async (name: 'invite' | 'connect' | 'remove', input: object, key?: string) => {
      const answer = await gateway.execute(document(name), session, { input, key });
      return { result: answer.data?.['result'], errors: answer.errors };
    },
    read: async () =>
      (
        await gateway.execute('query ($id: ID!) { conference(id: $id) { participants { id state } } }', ada, {
          id: conference,
        })
      ).data?.['conference'].participants as readonly { id: string; state: string }[],
  };
};

describe('a participant of a conference', () => {
  it('is asked to come, brought in and taken off it, each for its own bill', async () => {
    const { gateway, conference, participantId, change, read } = await withConference();
    const invited = await change('invite', { conference, user: userId(3) });
    expect(invited.errors).toEqual([]);
    expect(invited.result.data.participant).toMatchObject({
      id: participantId(3),
      participantId: guid(2, 3),
      state: 'INVITED',
      isMuted: false,
    });
    expect((await gateway.bill())[0]).toBe(PARTICIPANTS);

    const connected = await change('connect', { participant: participantId(3) });
    expect(connected.result.data.participant).toMatchObject({ id: participantId(3), state: 'ACTIVE' });
    expect((await gateway.bill()).slice(0, 2)).toEqual([CONNECTIONS, READ]);

    const removed = await change('remove', { participant: participantId(3) });
    expect(removed.result).toEqual({ data: participantId(3) });
    expect(await gateway.bill()).toEqual([REMOVE]);
    expect((await read()).map(({ id }) => id)).toEqual([participantId(1), participantId(2)]);
  });

  it('is read back where the answer does not hold them', async () => {
    const { gateway, conference, participantId, change } = await withConference();
    await gateway.sandbox.fail({ match: { route: PARTICIPANTS }, fault: { type: 'body', body: {} } });
    const { result } = await change('invite', { conference, user: userId(3) });
    expect(result.data.participant).toMatchObject({ id: participantId(3), state: 'INVITED' });
    expect((await gateway.bill()).slice(0, 2)).toEqual([PARTICIPANTS, READ]);
  });

  it('is refused where they are there already, in it already, or not at all', async () => {
    const { conference, participantId, change } = await withConference();
    expect((await change('invite', { conference, user: userId(2) })).result).toMatchObject({
      code: 'CONFLICT',
    });
    expect((await change('connect', { participant: participantId(2) })).result).toHaveProperty('data');
    expect((await change('connect', { participant: participantId(2) })).result).toMatchObject({
      code: 'CONFLICT',
    });
    expect((await change('remove', { participant: participantId(9) })).result).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is not changed by those of another account', async () => {
    const { conference, participantId, change, read } = await withConference({}, 'grace');
    for (const { result } of [
      await change('invite', { conference, user: userId(3) }),
      await change('connect', { participant: participantId(2) }),
      await change('remove', { participant: participantId(2) }),
    ])
      expect(result.code).toMatch(/^(NOT_FOUND|FORBIDDEN)$/);
    expect((await read()).map(({ state }) => state)).toEqual(['ACCEPTED', 'INVITED']);
  });

  it.each([
    ['invite', { conference: userId(1), user: userId(3) }, 'conference'],
    ['invite', { conference: globalId('cloudlink', 'Conference', guid(9, 9)), user: 'x' }, 'user'],
    ['connect', { participant: userId(1) }, 'participant'],
    ['remove', { participant: '..' }, 'participant'],
  ] as const)('is refused before anything is sent: %s %j', async (name, input, field) => {
    const { gateway, change } = await withConference();
    const { result, errors } = await change(name, input);
    expect(errors).toEqual([]);
    expect(result).toMatchObject({ code: 'BAD_USER_INPUT', field });
    expect(await gateway.bill()).toEqual([]);
  });

  it('is asked once for a key', async () => {
    const { gateway, conference, change } = await withConference();
    const first = await change('invite', { conference, user: userId(3) }, 'k');
    expect(await change('invite', { conference, user: userId(3) }, 'k')).toEqual(first);
    expect((await gateway.bill()).filter((line) => line === PARTICIPANTS)).toHaveLength(1);
  });

  it.each(losses)('is brought in at most once under %s', async (_name, fault, code) => {
    const { gateway, participantId, change } = await withConference({ env: { TRY_TIMEOUT_MS: '300' } });
    await gateway.sandbox.fail({ match: { route: CONNECTIONS }, fault });
    const { errors } = await change('connect', { participant: participantId(2) });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual([code]);
    expect(await gateway.bill()).toEqual([CONNECTIONS]);
  });

  it('needs a token of CloudLink', async () => {
    const gateway = await withGateway();
    const participant = globalId('cloudlink', 'ConferenceParticipant', `${guid(9, 9)}/${guid(2, 2)}`);
    const { errors } = await gateway.execute(document('remove'), {}, { input: { participant } });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await gateway.bill()).toEqual([]);
  });
});
