import type { GraphQLResolveInfo } from 'graphql';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, keyOf, registerNode, splitKey } from '../global-id.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type {
  Attendance as AttendanceModel,
  Conference as ConferenceModel,
  ConferenceFilter as ConferenceFilterModel,
  ConferenceParticipant as ConferenceParticipantModel,
} from '../upstream/cloudlink/conference.ts';
import type { PlacedPageRequest } from '../upstream/page.ts';
import { auditField } from './audit.ts';
import { visibleKey } from './call-id.ts';
import { principalIdOf } from './call-record.ts';
import { Conversation } from './conversation.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toPlacedConnection, type PageArguments } from './pagination.ts';
import { createSelection } from './selection.ts';
import { User } from './user.ts';

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
    (await cloudlink.conferences.getParticipants(keys.map(toParticipantKey))).map(
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
      description:
        "The user of the caller's account, or null for anybody else. Costs one upstream request for every 50 users of an operation.",
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
        ...(participants ?? (await cloudlink.conferences.participantsOf(id))),
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

const ConferenceConnection = connectionOf(Conference, { name: 'Conference', plural: 'conferences' });

/** What a place in one of these lists looks like inside a cursor. */
const PLACE = /^(?:0|[1-9]\d{0,3})\.[\w.~%+/=-]{0,1024}$/;

const readSelection = createSelection(['nodes'], ['edges', 'node']);

/** Tags are asked for only where something that is selected comes from them. */
const needsTags = (info: GraphQLResolveInfo): boolean =>
  [...readSelection(info)].some(({ extensions }) => extensions['needsTags'] === true);

const ConferenceFilter = builder.inputType('ConferenceFilter', {
  description: 'Which conferences are wanted. All that is given must hold; `search` goes alone.',
  fields: (t) => ({
    search: t.string({ description: 'Words that the name, the code or the tags contain, all of them.' }),
    participants: t.idList({ description: 'The `id`s of Users who all take part, at most 20.' }),
    accessCode: t.string({ description: 'The whole access code.' }),
    externalId: t.string({ description: 'The whole id in another system.' }),
  }),
});

const MOST_PARTICIPANTS = 20;
const LONGEST = 256;

const toFilter = (input: typeof ConferenceFilter.$inferInput): ConferenceFilterModel => {
  const { search, participants, accessCode, externalId } = input;
  const others = [participants, accessCode, externalId];
  if (isGiven(search) && others.some(isGiven))
    throw badInput(
      'filter.search',
      'cannot be combined with others: CloudLink searches on a route of its own.',
    );
  if (isGiven(participants) && participants.length > MOST_PARTICIPANTS)
    throw badInput(
      'filter.participants',
      `must hold at most ${MOST_PARTICIPANTS} ids, not ${participants.length}.`,
    );
  return {
    search: isGiven(search) ? sendableText('filter.search', search, LONGEST) : undefined,
    participantIds: participants?.map((id, index) => principalIdOf(id, `filter.participants.${index}`)),
    accessCode: isGiven(accessCode) ? sendableText('filter.accessCode', accessCode, 99) : undefined,
    externalId: isGiven(externalId) ? sendableText('filter.externalId', externalId, LONGEST) : undefined,
  };
};

const COST =
  'Newest first. Costs one upstream request, participants included. `hasNextPage` may be true at the very end of the list: ' +
  'CloudLink tells no more.';

builder.objectField(User, 'conferences', (t) =>
  t.field({
    type: ConferenceConnection,
    description: `The conferences that the user takes part in, who has to be the caller unless that is an administrator. ${COST}`,
    args: pageArguments,
    resolve: ({ id }, args, { cloudlink }, info) =>
      toPlacedConnection(['userConferences', id], args, PLACE, (page: PlacedPageRequest) =>
        cloudlink.conferences.listOfUser(id, page, needsTags(info)),
      ),
  }),
);

const Attendance = builder.objectRef<AttendanceModel>('Attendance').implement({
  description:
    "Somebody's time in a conference. Its fields are assumed: CloudLink documents the route alone.",
  fields: (t) => ({
    attendanceId: t.exposeString('id', { nullable: false, description: "CloudLink's own id." }),
    conference: t.field({
      type: Conference,
      description:
        'The conference, or null where it is no more. Costs one upstream request for every 50 of an operation.',
      resolve: ({ conferenceId }, _args, context) =>
        conferenceId === null ? null : Conference.getDataloader(context).load(conferenceId).catch(orNull),
    }),
    joinedAt: t.expose('joinedAt', { type: 'DateTime', description: 'When they came.' }),
    leftAt: t.expose('leftAt', {
      type: 'DateTime',
      description: 'When they left; null while they are in it.',
    }),
  }),
});

const AttendanceConnection = connectionOf(Attendance, { name: 'Attendance', plural: 'attendances' });

builder.objectField(User, 'attendances', (t) =>
  t.field({
    type: AttendanceConnection,
    description:
      'When the user, who has to be the caller unless that is an administrator, was in which conference. Newest first. Costs one ' +
      'upstream request.',
    args: pageArguments,
    resolve: ({ id }, args, { cloudlink }) =>
      toPlacedConnection(['attendances', id], args, PLACE, (page) =>
        cloudlink.conferences.attendancesOfUser(id, page),
      ),
  }),
);

const listConferences = (
  {
    filter,
    ...args
  }: PageArguments & {
    readonly filter?: typeof ConferenceFilter.$inferInput | null | undefined;
  },
  { cloudlink }: Context,
  info: GraphQLResolveInfo,
) => {
  const wanted = toFilter(filter ?? {});
  return toPlacedConnection(['conferences', filter ?? {}], args, PLACE, (page) =>
    cloudlink.conferences.list(wanted, page, needsTags(info)),
  );
};

builder.queryFields((t) => ({
  conference: t.field({
    type: Conference,
    description:
      'A conference, or null where there is none. Costs one upstream request, participants included.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a Conference.' }) },
    resolve: (_root, { id }, context) =>
      Conference.getDataloader(context)
        .load(keyOf('Conference', id, 'id'))
        .catch(orNull),
  }),
  conferences: t.field({
    type: ConferenceConnection,
    description: `The conferences that the caller may see: all of the account for an administrator. ${COST}`,
    args: {
      filter: t.arg({ type: ConferenceFilter, description: 'Which conferences; all of them where absent.' }),
      ...pageArguments,
    },
    resolve: (_root, args, context, info) => listConferences(args, context, info),
  }),
}));
