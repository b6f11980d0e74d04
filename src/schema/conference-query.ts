import type { GraphQLResolveInfo } from 'graphql';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type {
  Attendance as AttendanceModel,
  ConferenceFilter as ConferenceFilterModel,
} from '../upstream/cloudlink/conference.ts';
import type { PlacedPageRequest } from '../upstream/page.ts';
import { principalIdOf } from './call-record.ts';
import { Conference } from './conference.ts';
import { connectionOf, pageArguments, toPlacedConnection, type PageArguments } from './pagination.ts';
import { createNeed } from './selection.ts';
import { User } from './user.ts';

const ConferenceConnection = connectionOf(Conference, { name: 'Conference', plural: 'conferences' });

/** What a place in one of these lists looks like inside a cursor. */
const PLACE = /^(?:0|[1-9]\d{0,3})\.[\w.~%+/=-]{0,1024}$/;

/** Tags are asked for only where something that is selected comes from them. */
const needsTags = createNeed('needsTags', ['nodes'], ['edges', 'node']);

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
