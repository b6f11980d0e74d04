import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode } from '../global-id.ts';
import { badInput, isGiven } from '../input.ts';
import { settleEach } from '../upstream/batch.ts';
import type {
  CallDetail as CallDetailModel,
  CallDetailParty as CallDetailPartyModel,
  CallDetailQuery,
} from '../upstream/netsapiens/call-detail.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { splitLegacyKey, subscriberKeyOf } from './legacy-key.ts';
import { orMissing } from './missing.ts';
import { openEnum } from './open-enum.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { createSelection } from './selection.ts';
import { Subscriber } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode('CallDetail', 'subscriber', /^[^*~%,/\p{Cc}]{1,255}\/[^\s*~%,\p{Cc}]{1,255} \d{1,12}$/u);

const CallDetailType = openEnum('CallDetailType', 'Direction of a finished call of the legacy platform.', {
  OUTBOUND: { wire: '0', description: 'Somebody of the domain called.' },
  INBOUND: { wire: '1', description: 'Somebody of the domain was called and answered.' },
  MISSED: { wire: '2', description: 'Somebody of the domain was called and did not answer.' },
  ON_NET: {
    wire: '3',
    description: "Between two of the domain. A subscriber's own list has none of this type.",
  },
});

/** A side of a call with the domain in which its extension is somebody. */
type Side = CallDetailPartyModel & { readonly domain: string };

export const CallDetailParty = builder.objectRef<Side>('CallDetailParty').implement({
  description: 'One side of a finished call.',
  fields: (t) => ({
    extension: t.exposeString('extension', { description: 'Extension; null for somebody outside.' }),
    number: t.exposeString('number', { description: 'Number or extension, as the platform writes it.' }),
    name: t.exposeString('name', {
      description:
        "Name, where the platform tells one: a domain's list names the caller only, a subscriber's own list the other side only.",
    }),
    uri: t.exposeString('uri', {
      description: "SIP address; null in a subscriber's own list, which does not tell it.",
    }),
    subscriber: t.field({
      type: Subscriber,
      description:
        'The subscriber on this side; null for somebody outside. Costs one upstream request; three or more of a domain share one.',
      resolve: ({ extension, domain }, _args, context, info) =>
        extension === null ? null : loadSubscriber({ domain, user: extension }, context, info),
    }),
  }),
});

/** What names a finished call in its id. */
export const callDetailKeyOf = ({ domain, cdrId, startedAt }: CallDetailModel): string =>
  `${domain}/${cdrId} ${Math.floor((startedAt?.getTime() ?? 0) / 1000)}`;

export const CallDetail = builder.loadableNodeRef('CallDetail', {
  id: {
    resolve: (detail: CallDetailModel) => callDetailKeyOf(detail),
    description:
      'Names this finished call. It is neither the id of a call that goes on nor of a CloudLink call record.',
  },
  load: async (ids: string[], { netsapiens }: Context) => {
    const keys = ids.map((id) => {
      const [domain, cdrId, seconds] = splitLegacyKey(id, 1);
      return { domain, cdrId, startedAt: new Date(Number(seconds) * 1000) };
    });
    // The legs come along: a recording is asked for by their ids, and this is one row.
    return (await netsapiens.callDetails.getMany(keys, true)).map(
      orMissing('The subscriber API has no such finished call', 'subscriber'),
    );
  },
});

CallDetail.implement({
  description:
    'A finished call of a legacy domain. One call may be there several times, once for each side that the platform counts ' +
    'on its own. Source: `object=cdr2&action=read`.',
  fields: (t) => ({
    cdrId: t.exposeString('cdrId', { nullable: false, description: "The platform's own id." }),
    domainName: t.exposeString('domain', { nullable: false, description: 'Name of its domain.' }),
    type: t.field({
      type: CallDetailType.type,
      description: 'Its direction, seen from the domain or from the subscriber whose list it is in.',
      resolve: ({ type }) => CallDetailType.read(type),
    }),
    typeText: t.exposeString('type', { description: 'The direction in the code of the platform.' }),
    isOnNet: t.exposeBoolean('isOnNet', { description: 'Whether both sides belong to the domain.' }),
    isMissed: t.boolean({
      nullable: false,
      description: 'Whether nobody answered.',
      resolve: ({ answeredAt }) => answeredAt === null,
    }),
    origin: t.field({
      type: CallDetailParty,
      nullable: false,
      description: 'The side that called.',
      resolve: ({ origin, domain }) => ({ ...origin, domain }),
    }),
    destination: t.field({
      type: CallDetailParty,
      nullable: false,
      description: 'The side that was called.',
      resolve: ({ destination, domain }) => ({ ...destination, domain }),
    }),
    dialledNumber: t.exposeString('dialledNumber', { description: 'What was dialled.' }),
    byExtension: t.exposeString('byExtension', {
      description: 'Who brought the two sides together, by a transfer or from a queue.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    answeredAt: t.expose('answeredAt', {
      type: 'DateTime',
      description: 'When it was answered; null if never.',
    }),
    releasedAt: t.expose('releasedAt', { type: 'DateTime', description: 'When it ended.' }),
    durationSeconds: t.exposeInt('durationSeconds', { description: 'From beginning to end, in seconds.' }),
    talkSeconds: t.exposeInt('talkSeconds', {
      description: 'From answer to end, in seconds; 0 if nobody answered.',
    }),
    isHidden: t.exposeBoolean('isHidden', {
      description: "Whether the subscriber has hidden it; null in a domain's list, which does not tell.",
    }),
    tag: t.exposeString('tag', { description: 'A mark that was put on it.' }),
  }),
});

const CallDetailConnection = connectionOf(CallDetail, {
  name: 'CallDetail',
  plural: 'finished calls',
  of: 'subscriber',
  total: 'How many there are in the window. Null where the caller may not count. Costs one upstream request.',
});

const windowArguments = builder.args((t) => ({
  from: t.field({ type: 'DateTime', required: true, description: 'The first instant at which calls began.' }),
  to: t.field({
    type: 'DateTime',
    required: true,
    description: 'The instant before which they began. With one that is past, pages do not shift.',
  }),
  type: t.field({ type: CallDetailType.type, description: 'Of which direction; of any where absent.' }),
}));

type Window = PageArguments & {
  readonly from: Date;
  readonly to: Date;
  readonly type?: typeof CallDetailType.type.$inferType | null | undefined;
};

/** The first and the last year that the platform can write. */
const EARLIEST = Date.UTC(1970, 0, 2);
const LATEST = Date.UTC(9999, 0, 1);

/** Refuses a window that the platform could not be asked for. */
export const requireWindow = ({ from, to }: { readonly from: Date; readonly to: Date }): void => {
  if (from.getTime() < EARLIEST) throw badInput('from', 'must not be before 1970-01-02.');
  if (to.getTime() > LATEST) throw badInput('to', 'must not be after the year 9998.');
  if (from >= to) throw badInput('to', 'must be after `from`.');
};

const toQuery = ({ from, to, type }: Window, ofSubscriber: boolean): CallDetailQuery => {
  requireWindow({ from, to });
  if (type === 'UNKNOWN') throw badInput('type', 'must be OUTBOUND, INBOUND, MISSED or ON_NET.');
  if (type === 'ON_NET' && ofSubscriber)
    throw badInput(
      'type',
      "must be OUTBOUND, INBOUND or MISSED in a subscriber's list, where `isOnNet` tells the rest.",
    );
  return { from, to, type: isGiven(type) ? (CallDetailType.write(type) ?? undefined) : undefined };
};

/** Fields that need the legs of a call. Asked for with the list, they save a request for each call. */
const NEEDS_LEGS = new Set(['recording', 'originCallId', 'destinationCallId']);

const readSelection = createSelection(['nodes'], ['edges', 'node']);

export const needsLegs = (info: GraphQLResolveInfo): boolean =>
  [...readSelection(info)].some(({ name }) => NEEDS_LEGS.has(name));

const listOfDomain = (domain: string, args: Window, context: Context, withLegs: boolean) => {
  const query = { ...toQuery(args, false), withLegs };
  return toConnection(
    ['callDetails', domain, args.from, args.to, args.type],
    args,
    (page) => context.netsapiens.callDetails.list(domain, page, query),
    () => context.netsapiens.callDetails.count({ domain }, query),
  );
};

interface FirstPageKey extends SubscriberKey {
  readonly first: number;
  readonly query: CallDetailQuery;
}

/** First pages of subscribers: those of a domain that want the same are picked from one read of it. */
export const firstPages = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader(
      (keys: readonly FirstPageKey[]) =>
        settleEach(keys, {
          groupOf: ({ domain, first, query }) => JSON.stringify([domain, first, query]),
          size: Number.MAX_SAFE_INTEGER,
          load: async (_group, members) => {
            const [
              { domain, first, query } = {
                domain: '',
                first: 0,
                query: { from: new Date(0), to: new Date(0) },
              },
            ] = members;
            const users = members.map(({ user }) => user);
            return netsapiens.callDetails.listForMany(domain, users, first, query);
          },
        }),
      { cacheKeyFn: (key: FirstPageKey) => JSON.stringify(key) },
    ),
);

const listOfSubscriber = (key: SubscriberKey, args: Window, context: Context, withLegs: boolean) => {
  const { domain, user } = key;
  const query = { ...toQuery(args, true), withLegs };
  return toConnection(
    ['callDetails', domain, user, args.from, args.to, args.type],
    args,
    (page) =>
      page.offset === 0
        ? firstPages(context).load({ domain, user, first: page.first, query })
        : context.netsapiens.callDetails.listFor(key, page, query),
    () => context.netsapiens.callDetails.count(key, query),
  );
};

builder.objectField(Domain, 'callDetails', (t) =>
  t.field({
    type: CallDetailConnection,
    description: `The finished calls of the domain, newest first. Costs one upstream request. ${ROUND_COUNT}`,
    args: { ...windowArguments, ...pageArguments },
    resolve: ({ name }, args, context, info) => listOfDomain(name, args, context, needsLegs(info)),
  }),
);

builder.objectField(Subscriber, 'callDetails', (t) =>
  t.field({
    type: CallDetailConnection,
    description:
      'The finished calls of the subscriber, newest first, hidden ones among them. Costs one upstream request. The first ' +
      'pages of three or more subscribers of a domain share one for every 1,000 calls that have to be looked through; where ' +
      `that would take more requests than subscribers, the rest is asked for one by one. ${ROUND_COUNT}`,
    args: { ...windowArguments, ...pageArguments },
    extensions: { reads: ['user', 'domain'] },
    resolve: ({ domain, user }, args, context, info) =>
      listOfSubscriber({ domain, user }, args, context, needsLegs(info)),
  }),
);

builder.queryFields((t) => ({
  callDetail: t.field({
    type: CallDetail,
    description:
      'A finished call of the legacy platform, or null where there is none. Costs one upstream request.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a CallDetail.' }) },
    resolve: (_root, { id }, context) =>
      CallDetail.getDataloader(context)
        .load(keyOf('CallDetail', id, 'id'))
        .catch(orNull),
  }),
  callDetails: t.field({
    type: CallDetailConnection,
    description:
      "The finished calls of a subscriber, or of a domain, the caller's own where neither is named; newest first. Costs one " +
      `upstream request. ${ROUND_COUNT}`,
    args: {
      domain: t.arg.string({ description: 'Name of a domain; not together with `subscriber`.' }),
      subscriber: t.arg.id({ description: 'The `id` of a Subscriber.' }),
      ...windowArguments,
      ...pageArguments,
    },
    resolve: async (_root, { domain, subscriber, ...args }, context, info) => {
      if (!isGiven(subscriber))
        return listOfDomain(await domainNameOf(domain, context), args, context, needsLegs(info));
      if (isGiven(domain)) throw badInput('domain', 'cannot be combined with `subscriber`.');
      return listOfSubscriber(subscriberKeyOf(subscriber, 'subscriber'), args, context, needsLegs(info));
    },
  }),
}));
