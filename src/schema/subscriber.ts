import type { GraphQLResolveInfo } from 'graphql';
import DataLoader from 'dataloader';
import { createContextCache } from '@pothos/core';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { registerNode, splitKey } from '../global-id.ts';
import { badInput, fold, isGiven, legacyName, searchText } from '../input.ts';
import { settleEach } from '../upstream/batch.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import {
  subscriberFields,
  type Subscriber as SubscriberModel,
  type SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import type { ZonelessTime as ZonelessTimeModel } from '../upstream/netsapiens/time.ts';
import { Domain, domainNameOf } from './domain.ts';
import { orMissing } from './missing.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';
import { selectedFields } from './selection.ts';
import {
  AccountStatus,
  SubscriberKind,
  SubscriberPresence,
  SubscriberScope,
  toKind,
  VoicemailNotification,
} from './subscriber-enums.ts';

registerNode('Subscriber', 'subscriber', /^[^*~%,/\p{Cc}]{1,255}\/[^*~%,\p{Cc}]{1,255}$/u);

export const ZonelessTime = builder.objectRef<ZonelessTimeModel>('ZonelessTime').implement({
  description:
    'A time of the legacy platform, which does not tell its zone (A-14): read in the zone of the setting SUBSCRIBER_TIME_ZONE.',
  fields: (t) => ({
    instant: t.expose('instant', {
      type: 'DateTime',
      description: 'The instant in the configured zone; null where the text is no time.',
    }),
    text: t.exposeString('text', {
      nullable: false,
      description: 'What the platform sent, such as `2024-02-01 08:30:00`.',
    }),
  }),
});

/** Says which columns a field needs, where they are not the one of its own name. */
const reads = (...fields: readonly SubscriberField[]) => ({ reads: fields });

export const Subscriber = builder.loadableNodeRef('Subscriber', {
  id: {
    resolve: ({ domain, user }: SubscriberModel) => `${domain}/${user}`,
    description: 'Names this subscriber towards this gateway.',
    extensions: reads('domain', 'user'),
  },
  load: async (keys: string[], { netsapiens }: Context) => {
    const parsed = keys.map(splitKey).map(([domain, user]) => ({ domain, user }));
    return (await netsapiens.subscribers.getMany(parsed)).map(
      orMissing('The subscriber API has no such subscriber', 'subscriber'),
    );
  },
});

Subscriber.implement({
  description:
    'An extension of the legacy platform: a person, or one of the rows that stand for a queue, a department and the like ' +
    '(see `kind`). Its PIN and password are not part of this schema. Source: `object=subscriber&action=read`.',
  fields: (t) => ({
    extension: t.exposeString('user', {
      nullable: false,
      description: 'Extension inside the domain; a word for some of the rows that are no people.',
      extensions: reads('user'),
    }),
    domainName: t.exposeString('domain', {
      nullable: false,
      description: 'Name of its domain.',
      extensions: reads('domain'),
    }),
    domain: t.field({
      type: Domain,
      description: 'Its domain. Costs one upstream request for each domain.',
      extensions: reads('domain'),
      resolve: ({ domain }) => domain,
    }),
    uid: t.string({
      nullable: false,
      description: 'User and domain as the platform joins them, `1001@acme.12345.service`.',
      extensions: reads('user', 'domain'),
      resolve: ({ user, domain }) => `${user}@${domain}`,
    }),
    kind: t.field({
      type: SubscriberKind,
      nullable: false,
      description: 'Whether the row stands for a person, and for what else if not.',
      extensions: reads('user', 'serviceCode'),
      resolve: toKind,
    }),
    serviceCode: t.exposeString('serviceCode', {
      description: 'What marks rows that are no people, such as `system-queue`.',
    }),
    name: t.string({
      description: 'First and last name.',
      extensions: reads('firstName', 'lastName'),
      resolve: ({ firstName, lastName }) =>
        [firstName, lastName].filter((part) => part !== null).join(' ') || null,
    }),
    firstName: t.exposeString('firstName', { description: 'First name.' }),
    lastName: t.exposeString('lastName', { description: 'Last name.' }),
    login: t.exposeString('login', { description: 'Name to sign in with, unique on the platform.' }),
    email: t.string({
      description: 'First e-mail address.',
      extensions: reads('emails'),
      resolve: ({ emails }) => emails[0] ?? null,
    }),
    emails: t.exposeStringList('emails', { nullable: false, description: 'All e-mail addresses.' }),
    department: t.exposeString('department', { description: 'Department; null for none.' }),
    site: t.exposeString('site', { description: 'Name of the site; null for none.' }),
    scope: t.field({
      type: SubscriberScope.type,
      description: 'What the subscriber may do.',
      resolve: ({ scope }) => SubscriberScope.read(scope),
    }),
    scopeText: t.exposeString('scope', {
      description: 'The scope in the words of the platform.',
      extensions: reads('scope'),
    }),
    timeZone: t.exposeString('timeZone', { description: 'Time zone, such as `US/Eastern`.' }),
    language: t.exposeString('language', { description: 'Language of prompts and portal, such as `en_us`.' }),
    areaCode: t.exposeString('areaCode', { description: 'Home area code.' }),
    statusMessage: t.exposeString('statusMessage', { description: 'Free text that colleagues see.' }),
    presence: t.field({
      type: SubscriberPresence.type,
      description: 'State of the line (A-11).',
      resolve: ({ presence }) => SubscriberPresence.read(presence),
    }),
    presenceText: t.exposeString('presence', {
      description: 'The state in the words of the platform.',
      extensions: reads('presence'),
    }),
    accountStatus: t.field({
      type: AccountStatus.type,
      description: 'State of the login (A-12).',
      resolve: ({ accountStatus }) => AccountStatus.read(accountStatus),
    }),
    accountStatusText: t.exposeString('accountStatus', {
      description: 'The state of the login in the words of the platform.',
      extensions: reads('accountStatus'),
    }),
    dialByNameDigits: t.exposeString('dialByNameDigits', {
      description: 'Keypad digits by which a caller finds the name.',
    }),
    dialByNameOrder: t.exposeInt('dialByNameOrder', {
      description: 'Order among people with the same digits.',
    }),
    isInDialByName: t.exposeBoolean('isInDialByName', { description: 'Whether callers can find the name.' }),
    isInDirectory: t.exposeBoolean('isInDirectory', {
      description: 'Whether visual directories show the name.',
    }),
    callLimit: t.exposeInt('callLimit', { description: 'Calls at once.' }),
    storageLimitKilobytes: t.exposeInt('storageLimitKilobytes', {
      description: 'Space for voicemail and greetings, in kilobytes.',
    }),
    ringTimeoutSeconds: t.exposeInt('ringTimeoutSeconds', {
      description: 'How long it rings before the next step, in seconds.',
    }),
    dialPlan: t.exposeString('dialPlan', { description: 'Table by which dialled numbers are translated.' }),
    dialPolicy: t.exposeString('dialPolicy', { description: 'What may be dialled.' }),
    callerIdName: t.exposeString('callerIdName', {
      description: 'Name shown on outbound calls; null means as the domain has it.',
    }),
    callerIdNumber: t.exposeString('callerIdNumber', {
      description: 'Number shown on outbound calls; null means as the domain has it.',
    }),
    emergencyCallerIdNumber: t.exposeString('emergencyCallerIdNumber', {
      description: 'Number shown on emergency calls; null means as the domain has it.',
    }),
    isAllowListEnabled: t.exposeBoolean('isAllowListEnabled', {
      description: 'Whether only listed callers get through.',
    }),
    isBlockListEnabled: t.exposeBoolean('isBlockListEnabled', {
      description: 'Whether listed callers are refused.',
    }),
    isCallScreeningEnabled: t.exposeBoolean('isCallScreeningEnabled', {
      description: 'Whether callers are asked for their name.',
    }),
    rejectsAnonymousCalls: t.exposeBoolean('rejectsAnonymousCalls', {
      description: 'Whether callers without a number are refused.',
    }),
    isVoicemailProvisioned: t.exposeBoolean('isVoicemailProvisioned', {
      description: "The administrator's switch for the mailbox.",
    }),
    isVoicemailEnabled: t.exposeBoolean('isVoicemailEnabled', {
      description: "The subscriber's own switch for the mailbox.",
    }),
    voicemailGreetingIndex: t.exposeInt('voicemailGreetingIndex', { description: 'Which greeting plays.' }),
    voicemailNotification: t.field({
      type: VoicemailNotification.type,
      description: 'What mail a new voicemail causes.',
      resolve: ({ voicemailNotification }) => VoicemailNotification.read(voicemailNotification),
    }),
    voicemailNotificationText: t.exposeString('voicemailNotification', {
      description: 'The same in the word of the platform.',
      extensions: reads('voicemailNotification'),
    }),
    voicemailCopyTo: t.exposeStringList('voicemailCopyTo', {
      nullable: false,
      description: 'E-mail addresses that get a copy.',
    }),
    voicemailTranscription: t.exposeString('voicemailTranscription', {
      description: 'Who writes voicemail down; null for nobody.',
    }),
    announcesVoicemailTime: t.exposeBoolean('announcesVoicemailTime', {
      description: 'Whether the time is spoken before a message.',
    }),
    announcesVoicemailCaller: t.exposeBoolean('announcesVoicemailCaller', {
      description: 'Whether the caller is spoken before a message.',
    }),
    playsNewestVoicemailFirst: t.exposeBoolean('playsNewestVoicemailFirst', {
      description: 'Whether the newest message plays first.',
    }),
    notifiesMissedCalls: t.exposeBoolean('notifiesMissedCalls', {
      description: 'Whether a missed call causes a mail.',
    }),
    notifiesStorageFull: t.exposeBoolean('notifiesStorageFull', {
      description: 'Whether full storage causes a mail.',
    }),
    activeCallCount: t.exposeInt('activeCallCount', { description: 'Calls under way now.' }),
    createdAt: t.expose('createdAt', { type: ZonelessTime, description: 'When the subscriber was made.' }),
    updatedAt: t.expose('updatedAt', {
      type: ZonelessTime,
      description: 'When the subscriber was last changed.',
    }),
  }),
});

const isSubscriberField = (name: string): name is SubscriberField =>
  (subscriberFields as readonly string[]).includes(name);

/** The columns that the selection below the current field needs, so that no others are asked for. */
export const selectedSubscriberFields = (
  info: GraphQLResolveInfo,
  paths: readonly (readonly string[])[] = [[]],
): ReadonlySet<SubscriberField> =>
  new Set(
    selectedFields(info, paths)
      .flatMap(({ name, extensions }) => (extensions['reads'] as readonly string[] | undefined) ?? [name])
      .filter(isSubscriberField),
  );

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

/** A subscriber with what its query selects, or null; many of a domain share a read. */
export const loadSubscriber = (
  key: SubscriberKey,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<SubscriberModel | null> =>
  projectedSubscribers(context).load({ ...key, fields: selectedSubscriberFields(info) });

/** After a change, what was read before is no longer true. */
export const forgetSubscribers = (context: Context): void => {
  projectedSubscribers(context).clearAll();
  Subscriber.getDataloader(context).clearAll();
};

const SubscriberConnection = connectionOf(Subscriber, {
  name: 'Subscriber',
  plural: 'subscribers',
  total:
    'How many rows the domain has, system rows included and filters left aside: upstream counts nothing else. Null where ' +
    'the caller may not count. Costs one upstream request.',
});

const SubscriberFilter = builder.inputType('SubscriberFilter', {
  description: 'Which subscribers are wanted. All that is given must hold. Letter case does not matter.',
  fields: (t) => ({
    search: t.string({ description: 'A part of a name, e-mail address or extension.' }),
    department: t.string({ description: 'A whole department.' }),
    site: t.string({ description: 'A whole site.' }),
    scopes: t.field({
      type: [SubscriberScope.type],
      description: 'What they may do: any of these.',
    }),
    kinds: t.field({
      type: [SubscriberKind],
      defaultValue: ['PERSON'],
      description: 'What the rows stand for: any of these. Only people where absent.',
    }),
  }),
});

const SubscriberOrderField = builder.enumType('SubscriberOrderField', {
  description: 'What subscribers can be ordered by.',
  values: {
    EXTENSION: { value: 'user', description: 'Extension.' },
    FIRST_NAME: { value: 'first_name', description: 'First name.' },
    LAST_NAME: { value: 'last_name', description: 'Last name.' },
    UPDATED_AT: { value: 'last_update', description: 'Time of the last change.' },
  } as const,
});

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end of an order comes first.',
  values: {
    ASC: { description: 'The smallest first.' },
    DESC: { description: 'The largest first.' },
  } as const,
});

const SubscriberOrder = builder.inputType('SubscriberOrder', {
  description:
    'The order of a list of subscribers. Upstream does the ordering; subscribers that are equal come by extension.',
  fields: (t) => ({
    field: t.field({ type: SubscriberOrderField, required: true, description: 'By what.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'Which end first.',
    }),
  }),
});

type Filter = typeof SubscriberFilter.$inferInput;

/** Any of nothing is nobody: surely not what was meant. */
const refuseEmptyList = (argument: string, list: readonly unknown[] | null | undefined): void => {
  if (isGiven(list) && list.length === 0) throw badInput(argument, 'must hold at least one value.');
};

/** What upstream matches is not documented, so the gateway matches again. */
const toPredicate = (
  filter: Filter,
): { test: ((row: SubscriberModel) => boolean) | undefined; fields: SubscriberField[] } => {
  const { search, department, site, scopes, kinds } = filter;
  const tests: ((row: SubscriberModel) => boolean)[] = [];
  const fields: SubscriberField[] = [];
  refuseEmptyList('filter.scopes', scopes);
  refuseEmptyList('filter.kinds', kinds);
  if (isGiven(search)) {
    const text = searchText('filter.search', search);
    fields.push('user', 'firstName', 'lastName', 'emails');
    tests.push(({ user, firstName, lastName, emails }) =>
      [user, `${firstName ?? ''} ${lastName ?? ''}`, ...emails].some((value) => fold(value).includes(text)),
    );
  }
  if (isGiven(department)) {
    const text = searchText('filter.department', department);
    fields.push('department');
    tests.push((row) => fold(row.department ?? '') === text);
  }
  if (isGiven(site)) {
    const text = searchText('filter.site', site);
    fields.push('site');
    tests.push((row) => fold(row.site ?? '') === text);
  }
  if (isGiven(scopes)) {
    fields.push('scope');
    tests.push((row) => scopes.includes(SubscriberScope.read(row.scope) ?? 'UNKNOWN'));
  }
  if (isGiven(kinds)) {
    fields.push('user', 'serviceCode');
    tests.push((row) => kinds.includes(toKind(row)));
  }
  return { test: tests.length === 0 ? undefined : (row) => tests.every((test) => test(row)), fields };
};

/** The scopes in the platform's words, where it has a word for each of them. */
const toWireScopes = (scopes: Filter['scopes']): readonly string[] | undefined => {
  const words = [...new Set(scopes)].map(SubscriberScope.write).filter((word) => word !== null);
  return words.length > 0 && !scopes?.includes('UNKNOWN') ? words : undefined;
};

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
      'one upstream request for every 1,000 rows that are looked through.',
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
        fields: new Set([
          ...selectedSubscriberFields(info, [['nodes'], ['edges', 'node']]),
          ...predicate.fields,
        ]),
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
