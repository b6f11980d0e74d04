import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { badInput, isGiven, legacyName } from '../input.ts';
import { settleEach } from '../upstream/batch.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import type {
  Subscriber as SubscriberModel,
  SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import { domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';
import { listedSubscriberFields, selectedSubscriberFields, Subscriber } from './subscriber.ts';
import { SubscriberFilter, SubscriberOrder, toPredicate, toWireScopes } from './subscriber-filter.ts';

interface ProjectedKey extends SubscriberKey {
  readonly fields: ReadonlySet<SubscriberField>;
}

/** Loads subscribers with what their queries select; one read serves all of a batch, so it takes what any of them needs. */
const projectedSubscribers = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader<ProjectedKey, SubscriberModel | null, string>(
      (keys) => {
        const fields = new Set(keys.flatMap((key) => [...key.fields]));
        return settleEach(keys, {
          groupOf: () => '',
          size: Number.MAX_SAFE_INTEGER,
          load: (_group, members) => netsapiens.subscribers.getMany(members, fields),
        });
      },
      { cacheKeyFn: ({ domain, user, fields }) => JSON.stringify([domain, user, [...fields].toSorted()]) },
    ),
);

/** A subscriber with these columns, or null; many of a domain share a read. */
export const loadColumns = (
  key: SubscriberKey,
  fields: ReadonlySet<SubscriberField>,
  context: Context,
): Promise<SubscriberModel | null> => projectedSubscribers(context).load({ ...key, fields });

/** The same with what its query selects. */
export const loadSubscriber = (
  key: SubscriberKey,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<SubscriberModel | null> => loadColumns(key, selectedSubscriberFields(info), context);

/** After a change, what was read before is no longer true. */
export const forgetSubscribers = (context: Context): void => {
  projectedSubscribers(context).clearAll();
  Subscriber.getDataloader(context).clearAll();
};

const SubscriberConnection = connectionOf(Subscriber, {
  name: 'Subscriber',
  plural: 'subscribers',
  of: 'subscriber',
  total:
    'How many rows the domain has, system rows included and filters left aside: upstream counts nothing else. Null where ' +
    'the caller may not count. Costs one upstream request.',
});

builder.queryFields((t) => ({
  subscriber: t.field({
    type: Subscriber,
    description:
      "A subscriber by `user` and `domain` (the caller's own domain where none is given), by `uid`, or by `login`: exactly one " +
      'of the three. Null where there is none. Costs one upstream request; three or more of one domain share one.',
    args: {
      domain: t.arg.string({ description: 'Name of a domain; goes with `user`.' }),
      user: t.arg.string({ description: 'Extension inside the domain.' }),
      uid: t.arg.string({
        description: 'User and domain as the platform joins them, `1001@acme.12345.service`.',
      }),
      login: t.arg.string({ description: 'Name to sign in with.' }),
    },
    resolve: async (_root, { domain, user, uid, login }, context, info) => {
      if ([user, uid, login].filter(isGiven).length !== 1)
        throw badInput('user', 'or `uid` or `login` must be given, and only one of them.');
      if (isGiven(domain) && !isGiven(user)) throw badInput('domain', 'goes with `user` only.');
      const fields = selectedSubscriberFields(info);
      if (isGiven(login))
        return context.netsapiens.subscribers.getByLogin(legacyName('login', login), fields);
      if (isGiven(uid)) {
        const [, name, place] = /^([^@]+)@([^@]+)$/.exec(legacyName('uid', uid)) ?? [];
        if (name === undefined || place === undefined) throw badInput('uid', 'must be `user@domain`.');
        return projectedSubscribers(context).load({ domain: place, user: name, fields });
      }
      const name = legacyName('user', user ?? '');
      return projectedSubscribers(context).load({
        domain: await domainNameOf(domain, context),
        user: name,
        fields,
      });
    },
  }),
  subscribers: t.field({
    type: SubscriberConnection,
    description:
      "The subscribers of a domain, the caller's own where none is named: people, unless the filter names other kinds. Costs " +
      `one upstream request for every 1,000 rows that are looked through. ${ROUND_COUNT}`,
    args: {
      domain: t.arg.string({ description: 'Name of a domain.' }),
      filter: t.arg({ type: SubscriberFilter, description: 'Which subscribers; people where absent.' }),
      orderBy: t.arg({ type: SubscriberOrder, description: 'In which order; by extension where absent.' }),
      ...pageArguments,
    },
    resolve: async (_root, { domain, filter, orderBy, ...args }, context, info) => {
      const wanted = { ...filter, kinds: filter?.kinds ?? ['PERSON' as const] };
      const peopleOnly = wanted.kinds.length === 1 && wanted.kinds[0] === 'PERSON';
      const predicate = toPredicate(peopleOnly ? { ...wanted, kinds: null } : wanted);
      const sort = `${orderBy?.field ?? 'user'} ${orderBy?.direction ?? 'ASC'}`;
      const name = await domainNameOf(domain, context);
      const query = {
        fields: new Set([...listedSubscriberFields(info), ...predicate.fields]),
        peopleOnly,
        scopes: toWireScopes(wanted.scopes),
        sort,
      };
      return toConnection(
        ['subscribers', name, wanted, sort],
        args,
        (page) => context.netsapiens.subscribers.list(name, page, query, predicate.test),
        () => context.netsapiens.subscribers.count(name),
      );
    },
  }),
}));
