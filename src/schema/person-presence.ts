import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { Presence as PresenceModel } from '../upstream/cloudlink/presence.ts';
import type { Subscriber as SubscriberModel } from '../upstream/netsapiens/subscriber-record.ts';
import type { Person as PersonModel } from './person-half.ts';
import { Person, warnOfGap } from './person.ts';
import { presenceOf, PresenceStatus, UserPresence } from './presence.ts';
import { SubscriberPresence } from './subscriber-enums.ts';

const statuses = {
  DO_NOT_DISTURB: 'Does not want to be reached, says CloudLink.',
  BUSY: 'Occupied, says CloudLink, or the line rings, calls, talks or holds.',
  AWAY: 'Not at their place, says CloudLink.',
  AVAILABLE: 'Can be reached, says CloudLink, or the line is open.',
  OFFLINE: 'Signed in nowhere, says CloudLink, or no device is registered.',
} as const;

type Status = keyof typeof statuses;

const PersonStatus = builder.enumType('PersonStatus', {
  description:
    'Whether a person can be reached, of what both platforms say: the first of these that either of them says. What somebody ' +
    'wants comes first, then what they do, then where they can be reached at all.',
  values: Object.fromEntries(
    Object.entries(statuses).map(([name, description]) => [name, { description }]),
  ) as Record<Status, { description: string }>,
});

const order = Object.keys(statuses) as readonly Status[];

type Line = typeof SubscriberPresence.type.$inferType;

/** What the state of a line says of whoever has it. */
const statusOfLine: Readonly<Record<Line, Status | null>> = {
  OPEN: 'AVAILABLE',
  IN_USE: 'BUSY',
  ALERTING: 'BUSY',
  PROGRESSING: 'BUSY',
  HELD: 'BUSY',
  CLOSED: 'OFFLINE',
  UNKNOWN: null,
};

/** What a person's presence in CloudLink and the state of their line say together; null where neither says anything. */
export const mergeStatus = (
  presence: typeof PresenceStatus.type.$inferType | null,
  line: Line | null,
): Status | null => {
  const said = new Set<string | null>([presence, line === null ? null : statusOfLine[line]]);
  return order.find((status) => said.has(status)) ?? null;
};

const presenceOfUser = async ({ user }: PersonModel, context: Context): Promise<PresenceModel | null> => {
  const model = await user();
  return model === null ? null : presenceOf(model, context);
};

const lineOf = (subscriber: SubscriberModel | null) => SubscriberPresence.read(subscriber?.presence ?? null);

const PersonPresence = builder.objectRef<PersonModel>('PersonPresence').implement({
  description: 'Whether a person can be reached: what each platform says of it, and the two as one.',
  fields: (t) => ({
    status: t.field({
      type: PersonStatus,
      description:
        'Both as one. Where one platform fails, what the other says, with a warning; null where neither says anything that this ' +
        'gateway knows.',
      resolve: async (person, _args, context, info) => {
        const [presence, subscriber] = await Promise.allSettled([
          presenceOfUser(person, context),
          person.subscriber(),
        ]);
        if (presence.status === 'rejected') {
          if (subscriber.status === 'rejected') throw presence.reason;
          warnOfGap(presence.reason, context, info);
        } else if (subscriber.status === 'rejected') warnOfGap(subscriber.reason, context, info);
        return mergeStatus(
          presence.status === 'fulfilled' ? PresenceStatus.read(presence.value?.status ?? null) : null,
          subscriber.status === 'fulfilled' ? lineOf(subscriber.value) : null,
        );
      },
    }),
    user: t.field({
      type: UserPresence,
      description: 'What CloudLink says; null for whoever is not there (assumed, A-01).',
      resolve: (person, _args, context) => presenceOfUser(person, context),
    }),
    line: t.field({
      type: SubscriberPresence.type,
      description:
        'What the legacy platform says of the line; null for whoever is not there (assumed, A-11).',
      resolve: async ({ subscriber }) => lineOf(await subscriber()),
    }),
    lineText: t.string({
      description: 'The state of the line in the words of the legacy platform.',
      resolve: async ({ subscriber }) => (await subscriber())?.presence ?? null,
    }),
    statusMessage: t.string({
      description:
        'Free text for colleagues: the reason in CloudLink, or else the message on the legacy platform, with a warning where ' +
        'CloudLink fails.',
      resolve: async (person, _args, context, info) => {
        const [presence] = await Promise.allSettled([presenceOfUser(person, context)]);
        const reason = presence.status === 'fulfilled' ? (presence.value?.reason ?? null) : null;
        if (reason !== null) return reason;
        const subscriber = await person.subscriber().catch((error: unknown) => {
          throw presence.status === 'rejected' ? presence.reason : error;
        });
        if (presence.status === 'rejected') warnOfGap(presence.reason, context, info);
        return subscriber?.statusMessage ?? null;
      },
    }),
  }),
});

builder.objectField(Person, 'presence', (t) =>
  t.field({
    type: PersonPresence,
    nullable: false,
    description:
      'Whether they can be reached. Costs what `user` costs and one upstream request for every 50 users (assumed, A-01), for ' +
      'what CloudLink says; for the line what `subscriber` costs, since it is part of that.',
    extensions: { reads: ['presence', 'statusMessage'] },
    resolve: (person) => person,
  }),
);
