import { randomInt, randomUUID } from 'node:crypto';
import { isAdministrator, stampCreation } from './access.ts';
import { endAttendances } from './attendance.ts';
import { readBody } from './body.ts';
import {
  changeConference,
  findConference,
  findOwnConference,
  maySeeConference,
} from './conference-access.ts';
import { toParticipant } from './conference-participant.ts';
import type { Conference, ConferenceParticipant } from './conference-record.ts';
import { Failure, forbidden } from './failure.ts';
import { text } from './field.ts';
import { expands, toCollection, toLink } from './hal.ts';
import { omit } from './omit.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import { findUserByToken } from './user-access.ts';
import type { ObjectSchema, Schema } from './validation.ts';

const DEFAULT_CODE_LENGTH = 9;

const lobbyPolicy: Schema = {
  type: 'string',
  enum: ['pstnLobby', 'guestLobby', 'nonOwnerLobby', 'noLobby'],
};

interface NewConference {
  readonly id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly lobbyPolicy?: string;
  readonly accessCodeLength?: number;
  readonly expiryDateTime?: string;
  readonly participants?: readonly { readonly participantId: string }[];
}

const newSchema: ObjectSchema<NewConference> = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 1 },
    name: text,
    type: { type: 'string', enum: ['everyoneAllowed', 'inviteOnly'] },
    lobbyPolicy,
    accessCodeLength: { type: 'integer', minimum: 1, maximum: 99 },
    expiryDateTime: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' },
    participants: {
      type: 'array',
      items: {
        type: 'object',
        properties: { participantId: { type: 'string', minLength: 1 } },
        required: ['participantId'],
      },
    },
  },
};

const schema: ObjectSchema<Partial<Pick<Conference, 'name' | 'lobbyPolicy'>>> = {
  type: 'object',
  properties: { name: text, lobbyPolicy },
};

/** A whole collection inside a record: the record's own address ends in its name. */
const toEmbedded = (path: string, items: readonly object[]) => ({
  count: items.length,
  _links: { self: path },
  _embedded: { items },
});

export const toConference = (call: Pick<Call, 'store' | 'query'>, conference: Conference) => {
  const link = (name: string) => toLink('conferences', conference.id, name);
  const { mainNumber = '' } = call.store.media.directories.get(conference.accountId) ?? {};
  const participants = conference.participants.map((one) => toParticipant(conference, one));
  return {
    ...omit(conference, 'participants', 'tags', 'recording', 'expiryDateTime'),
    _links: {
      self: toLink('conferences', conference.id),
      participants: link('participants'),
      tags: link('tags'),
    },
    _embedded: {
      participants: toEmbedded(link('participants'), participants),
      addresses: toEmbedded(link('addresses'), [{ type: 'pstn', address: `+${mainNumber}` }]),
      ...(expands(call, 'tags') && { conferenceTags: toEmbedded(link('tags'), conference.tags) }),
    },
  };
};

/** Newest first, one page of those the caller may see and this lets through. */
const list = (call: Call, isWanted: (conference: Conference) => boolean) => {
  const { store, principal } = call;
  const visible = [...store.media.conferences.values()].filter(
    (one) => one.accountId === principal.accountId && maySeeConference(call, one) && isWanted(one),
  );
  const newestFirst = visible.toReversed().sort((left, right) => (left.createdOn < right.createdOn ? 1 : -1));
  return toCollection(call, newestFirst, {
    show: (conference) => toConference(call, conference),
    idOf: ({ id }) => id,
  });
};

/** `containsAllParticipants=a,b,me` is the one option that is not OData (facts §3.4). */
export const listConferences: Handler = (call) => {
  const wanted = (call.query.get('containsAllParticipants') ?? '')
    .split(',')
    .filter((id) => id !== '')
    .map((id) => (id === 'me' ? call.principal.principalId : id));
  return list(call, ({ participants }) => {
    const present = new Set(participants.map(({ participantId }) => participantId));
    return wanted.every((id) => present.has(id));
  });
};

/** Conferences whose name, access code or tags contain every word, in whatever case. */
export const searchConferences: Handler = (call) => {
  const words = (call.query.get('$search') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) throw new Failure(400, "query should have required property '$search'");
  return list(call, ({ name, accessCode, tags }) => {
    const content = [name, accessCode, ...tags.map(({ value }) => value)].join('\n').toLowerCase();
    return words.every((word) => content.includes(word));
  });
};

export const listUserConferences: Handler = (call) => {
  const { userId } = findUserByToken(call);
  if (userId !== call.principal.principalId && !isAdministrator(call.principal)) throw forbidden();
  return list(call, ({ participants }) => participants.some(({ participantId }) => participantId === userId));
};

const invite = (state: ConferenceParticipant['state']) => (participantId: string) =>
  ({ participantId, state, type: 'webapi', muted: false }) satisfies ConferenceParticipant;

export const postConference: Handler = (call) => {
  const body = readBody(call, newSchema);
  const { id = randomUUID(), accessCodeLength = DEFAULT_CODE_LENGTH, expiryDateTime } = body;
  const { store, principal } = call;
  if (store.media.conferences.has(id)) throw new Failure(409, 'The conference exists already');
  const invited = new Set((body.participants ?? []).map(({ participantId }) => participantId));
  invited.delete(principal.principalId);
  const conference: Conference = {
    id,
    accountId: principal.accountId,
    name: body.name ?? '',
    visibility: 'private',
    accessCode: Array.from({ length: accessCodeLength }, () => randomInt(10)).join(''),
    state: 'inactive',
    type: body.type ?? 'everyoneAllowed',
    lobbyPolicy: body.lobbyPolicy ?? 'guestLobby',
    recording: 'none',
    ...(expiryDateTime !== undefined && { expiryDateTime }),
    participants: [invite('accepted')(principal.principalId), ...[...invited].map(invite('invited'))],
    tags: [],
    ...stampCreation(call),
  };
  store.media.conferences.set(id, conference);
  // Documented for the creates of this service: 200, not 201 (facts §3.5).
  return ok(toConference(call, conference));
};

export const getConference: Handler = (call) => ok(toConference(call, findConference(call)));

export const putConference: Handler = (call) => {
  const conference = findOwnConference(call);
  return ok(toConference(call, changeConference(call, conference, readBody(call, schema))));
};

export const deleteConference: Handler = (call) => {
  const conference = findOwnConference(call);
  endAttendances(call, conference);
  call.store.media.conferences.delete(conference.id);
  return ok({});
};

/** Each action with the recording it starts from, where that matters, and the one it leads to. */
const actions = {
  end: { from: undefined, to: 'none' },
  record: { from: ['none'], to: 'running' },
  'stop-record': { from: ['running', 'paused'], to: 'none' },
  'pause-record': { from: ['running'], to: 'paused' },
  'resume-record': { from: ['paused'], to: 'running' },
} as const satisfies Readonly<
  Record<string, { from: readonly Conference['recording'][] | undefined; to: Conference['recording'] }>
>;

const actionSchema: ObjectSchema<{ readonly action: keyof typeof actions }> = {
  type: 'object',
  properties: { action: { type: 'string', enum: Object.keys(actions) } },
  required: ['action'],
};

const leave = (participant: ConferenceParticipant): ConferenceParticipant =>
  participant.state === 'active' ? { ...participant, state: 'inactive', muted: false } : participant;

export const postConferenceAction: Handler = (call) => {
  const conference = findOwnConference(call);
  const { action } = readBody(call, actionSchema);
  if (conference.state !== 'active') throw new Failure(409, 'The conference is not active');
  const { from, to }: { from: readonly string[] | undefined; to: Conference['recording'] } = actions[action];
  if (from?.includes(conference.recording) === false)
    throw new Failure(409, `The conference cannot ${action}: its recording is ${conference.recording}`);
  const change = action === 'end' ? { participants: conference.participants.map(leave) } : { recording: to };
  if (action === 'end') endAttendances(call, conference);
  return ok(toConference(call, changeConference(call, conference, change)));
};
