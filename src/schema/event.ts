import { createHash } from 'node:crypto';
import type { InputFieldMap, InputShapeFromFields, MaybePromise, OutputRef } from '@pothos/core';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { Backlog } from '../feed/following.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { badInput, isGiven } from '../input.ts';
import type { Change, ChangeKind, Interest } from '../upstream/change.ts';

const ChangeType = builder.enumType('Change', {
  description: 'What became of something.',
  values: {
    CREATED: { value: 'CREATED' satisfies ChangeKind, description: 'It came to be.' },
    UPDATED: { value: 'UPDATED' satisfies ChangeKind, description: 'It is not as it was.' },
    REMOVED: { value: 'REMOVED' satisfies ChangeKind, description: 'It is over, or gone.' },
  } as const,
});

/** The platform's own name for it, or one by what it says and when: kept with it, and the same each time it is told. */
const idOf = ({ id, noun, key, occurredAt, model, kind }: Change): string =>
  id ??
  createHash('sha256')
    .update(JSON.stringify([noun, key, kind, occurredAt, model]))
    .digest('base64url')
    .slice(0, 22);

/** What all events have in common. */
export const Event = builder.interfaceRef<FeedEvent>('Event').implement({
  description: 'Something that a platform told of itself, as it happened.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Names the event: one that is told again has the same.',
      resolve: ({ change }) => idOf(change),
    }),
    cursor: t.exposeString('cursor', {
      nullable: false,
      description:
        'The place of the event in its subscription, for `after`: whoever names it gets everything later.',
    }),
    occurredAt: t.field({
      type: 'DateTime',
      nullable: false,
      description:
        'When it happened, by the clock of the platform; by that of this gateway where the platform tells none.',
      resolve: ({ change }) => change.occurredAt,
    }),
    change: t.field({
      type: ChangeType,
      nullable: false,
      description: 'What became of it.',
      resolve: ({ change }) => change.kind,
    }),
  }),
});

/** The argument by which every subscription is resumed. */
const afterArgument = builder.args((t) => ({
  after: t.string({
    description:
      'The `cursor` of the last event that was seen: everything later comes first, and then what happens. Where some of it is no ' +
      'longer kept, the subscription ends with RESYNC_REQUIRED: also for somebody who asked for few events of many, and had ' +
      'none for as long as events are kept, though nothing was missed. From now on where absent.',
  }),
}));

const backlogs: Readonly<Record<Backlog, string>> = {
  every:
    'Each event is told once, in the order of what it is about. A client that does not keep up is told so ' +
    '(SUBSCRIBER_TOO_SLOW) and loses nothing.',
  latest: 'What changes several times before it is told is told once, as it is then.',
};

const MOST_FEEDS = 20;

/** What a subscription is to follow. */
export interface EventWish {
  readonly interests: readonly Interest[];
  /** Whether an event is wanted, of those that the interests bring. */
  readonly isWanted?: (change: Change) => boolean;
}

interface EventField<Args extends InputFieldMap> {
  readonly type: OutputRef<FeedEvent>;
  readonly description: string;
  readonly args: Args;
  readonly backlog: Backlog;
  readonly wish: (args: InputShapeFromFields<Args>, context: Context) => MaybePromise<EventWish>;
}

/** A field of the subscription: who asks for it is told what its wish brings, from now on or from a place on. */
export const eventField = <Args extends InputFieldMap>(
  name: string,
  { type, description, args, backlog, wish }: EventField<Args>,
): void => {
  builder.subscriptionField(name, (t) =>
    t.field({
      type,
      nullable: false,
      description: `${description} ${backlogs[backlog]}`,
      args: { ...args, ...afterArgument },
      subscribe: async (_root, given: object, context) => {
        const { after } = given as InputShapeFromFields<typeof afterArgument>;
        const { interests, isWanted } = await wish(given as InputShapeFromFields<Args>, context);
        // Without any token, the same refusal as everywhere.
        if (interests.length === 0 && !context.hasToken('cloudlink') && !context.hasToken('subscriber'))
          await context.cloudlink.ownPrincipalId();
        if (interests.length === 0) throw badInput(name, 'names nothing that could be followed.');
        if (interests.length > MOST_FEEDS)
          throw badInput(name, `would need ${interests.length} feeds, of which there may be ${MOST_FEEDS}.`);
        // A browser that comes back names the last event that it saw by itself.
        const place = context.lastEventId ?? after ?? null;
        const { signal } = context;
        return context.follow({ interests, after: place, backlog, signal, ...(isWanted && { isWanted }) });
      },
      resolve: (event) => event,
    }),
  );
};

/** Refuses arguments of which not exactly one is given; false is as good as nothing. */
export const requireOne = (field: string, choices: Readonly<Record<string, unknown>>): void => {
  const given = Object.values(choices).filter((value) => isGiven(value) && value !== false);
  if (given.length === 1) return;
  const names = Object.keys(choices).map((name) => `\`${name}\``);
  throw badInput(field, `needs exactly one of ${names.slice(0, -1).join(', ')} and ${names.at(-1)}.`);
};

/** Ids of a list that names things to follow: at least one, each once. */
export const requireSome = (
  argument: string,
  ids: readonly string[],
  { most, instead }: { readonly most: number; readonly instead?: string },
): void => {
  if (ids.length >= 1 && ids.length <= most) return;
  const advice = instead === undefined ? '' : `; use ${instead} for more`;
  throw badInput(argument, `must hold 1 to ${most} ids, not ${ids.length}${advice}.`);
};
