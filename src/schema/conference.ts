import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, registerNode, splitKey } from '../global-id.ts';
import type { Conference as ConferenceModel } from '../upstream/cloudlink/conference.ts';
import type { ConferenceParticipant as ConferenceParticipantModel } from '../upstream/cloudlink/conference-participant.ts';
import { auditField } from './audit.ts';
import { visibleKey } from './call-id.ts';
import { Conversation } from './conversation.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { User, USERS_COST } from './user.ts';

registerNode('Conference', 'cloudlink', visibleKey(1));
registerNode('ConferenceParticipant', 'cloudlink', visibleKey(2));

const ConferenceState = openEnum('ConferenceState', 'Whether a conference is going on.', {
  INACTIVE: { wire: 'inactive', description: 'Nobody is in it.' },
  ACTIVE: { wire: 'active', description: 'It is going on.' },
});

export const ConferenceType = openEnum('ConferenceType', 'Who may come to a conference.', {
  EVERYONE_ALLOWED: { wire: 'everyoneAllowed', description: 'Whoever has its code.' },
  INVITE_ONLY: { wire: 'inviteOnly', description: 'Only who was invited.' },
});

export const LobbyPolicy = openEnum('LobbyPolicy', 'Who has to wait to be let in.', {
  PSTN_LOBBY: { wire: 'pstnLobby', description: 'Whoever calls by telephone.' },
  GUEST_LOBBY: { wire: 'guestLobby', description: 'Guests.' },
  NON_OWNER_LOBBY: { wire: 'nonOwnerLobby', description: 'Everybody but the owner.' },
  NO_LOBBY: { wire: 'noLobby', description: 'Nobody.' },
});

const ParticipantState = openEnum('ConferenceParticipantState', 'Where somebody is with a conference.', {
  INVITED: { wire: 'invited', description: 'Was asked, and has not answered.' },
  ACCEPTED: { wire: 'accepted', description: 'Will come.' },
  REJECTED: { wire: 'rejected', description: 'Will not come.' },
  ACTIVE: { wire: 'active', description: 'Is in it.' },
  INACTIVE: { wire: 'inactive', description: 'Has left, or was not there.' },
});

const ParticipantKind = openEnum('ConferenceParticipantType', 'How somebody takes part in a conference.', {
  WEBAPI: { wire: 'webapi', description: 'With an application.' },
  PSTN: { wire: 'pstn', description: 'By telephone.' },
});

export const Conference = builder.loadableNodeRef('Conference', {
  id: {
    resolve: ({ id }: ConferenceModel) => id,
    description: 'Names this conference towards this gateway.',
  },
  load: async (ids: string[], { cloudlink }: Context) =>
    (await cloudlink.conferences.getMany(ids)).map(orMissing('CloudLink has no such conference')),
});

export const toParticipantKey = (key: string) => {
  const [conferenceId, participantId] = splitKey(key);
  return { conferenceId, participantId };
};

export const ConferenceParticipant = builder.loadableNodeRef('ConferenceParticipant', {
  id: {
    resolve: ({ conferenceId, id }: ConferenceParticipantModel) => `${conferenceId}/${id}`,
    description: 'Names this participant, in this conference, towards this gateway.',
  },
  load: async (keys: string[], { cloudlink }: Context) =>
    (await cloudlink.conferenceParticipants.getMany(keys.map(toParticipantKey))).map(
      orMissing('The conference has no such participant'),
    ),
});

ConferenceParticipant.implement({
  description:
    'Somebody in a conference. Source: the Media service, `/conferences/{id}/participants/{participantId}`.',
  fields: (t) => ({
    participantId: t.exposeString('id', {
      nullable: false,
      description: "CloudLink's own id: that of the user, where it is one.",
    }),
    state: t.field({
      type: ParticipantState.type,
      description: 'Where they are with the conference.',
      resolve: ({ state }) => ParticipantState.read(state),
    }),
    stateText: t.exposeString('state', { description: 'The state in the words of CloudLink.' }),
    participantType: t.field({
      type: ParticipantKind.type,
      description: 'How they take part.',
      resolve: ({ participantType }) => ParticipantKind.read(participantType),
    }),
    participantTypeText: t.exposeString('participantType', {
      description: 'The type in the words of CloudLink.',
    }),
    externalId: t.exposeString('externalId', { description: 'Their id in another system.' }),
    isMuted: t.exposeBoolean('muted', { description: 'Whether nobody hears them.' }),
    conference: t.field({
      type: Conference,
      description: 'The conference. Costs one upstream request for every 50 of an operation.',
      resolve: ({ conferenceId }) => conferenceId,
    }),
    user: t.field({
      type: User,
      description: `The user of the caller's account, or null for anybody else. ${USERS_COST}`,
      resolve: async ({ id }, _args, context) => {
        const accountId = await context.cloudlink.ownAccountId();
        if (accountId === null || !guidKey(1).test(id)) return null;
        return User.getDataloader(context).load(`${accountId}/${id}`).catch(orNull);
      },
    }),
  }),
});

Conference.implement({
  description: 'A meeting by voice. Source: the Media service, `/conferences/{id}`.',
  fields: (t) => ({
    conferenceId: t.exposeString('id', { nullable: false, description: "CloudLink's own id." }),
    name: t.exposeString('name', { description: 'Its name.' }),
    externalId: t.exposeString('externalId', {
      description: 'Its id in another system, such as a calendar.',
    }),
    state: t.field({
      type: ConferenceState.type,
      description: 'Whether it is going on.',
      resolve: ({ state }) => ConferenceState.read(state),
    }),
    stateText: t.exposeString('state', { description: 'The state in the words of CloudLink.' }),
    conferenceType: t.field({
      type: ConferenceType.type,
      description: 'Who may come.',
      resolve: ({ conferenceType }) => ConferenceType.read(conferenceType),
    }),
    conferenceTypeText: t.exposeString('conferenceType', {
      description: 'The type in the words of CloudLink.',
    }),
    lobbyPolicy: t.field({
      type: LobbyPolicy.type,
      description: 'Who has to wait to be let in.',
      resolve: ({ lobbyPolicy }) => LobbyPolicy.read(lobbyPolicy),
    }),
    lobbyPolicyText: t.exposeString('lobbyPolicy', { description: 'The policy in the words of CloudLink.' }),
    accessCode: t.exposeString('accessCode', {
      description:
        'The digits by which people come in. CloudLink shows it to whoever may see the conference.',
    }),
    phoneNumbers: t.exposeStringList('phoneNumbers', {
      nullable: false,
      description:
        'The numbers by which it can be called (assumed to be the `address` of its embedded addresses).',
    }),
    participants: t.field({
      type: [ConferenceParticipant],
      description:
        'Who is in it, was in it or was asked. Costs nothing where CloudLink sends all of them with the conference, as it ' +
        'documents; else one upstream request.',
      resolve: async ({ id, participants }, _args, { cloudlink }) => [
        ...(participants ?? (await cloudlink.conferenceParticipants.listOf(id))),
      ],
    }),
    conversationId: t.string({
      description:
        "CloudLink's id of the chat that a meeting belongs to, as its tags tell; null where they tell of none. Costs nothing in a " +
        'list of conferences, else one upstream request.',
      extensions: { needsTags: true },
      resolve: ({ id, conversationId }, _args, { cloudlink }) =>
        conversationId === undefined ? cloudlink.conferences.conversationIdOf(id) : conversationId,
    }),
    conversation: t.field({
      type: Conversation,
      description:
        'The chat that a meeting belongs to; null where its tags tell of none. Costs one upstream request for each chat, and what ' +
        '`conversationId` costs.',
      extensions: { needsTags: true },
      resolve: ({ id, conversationId }, _args, { cloudlink }) =>
        conversationId === undefined ? cloudlink.conferences.conversationIdOf(id) : conversationId,
    }),
    audit: auditField(t),
  }),
});
