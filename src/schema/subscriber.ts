import type { GraphQLResolveInfo } from 'graphql';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { registerNode, splitKey } from '../global-id.ts';
import {
  subscriberFields,
  type Subscriber as SubscriberModel,
  type SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import type { ZonelessTime as ZonelessTimeModel } from '../upstream/netsapiens/time.ts';
import { Domain } from './domain.ts';
import { orMissing } from './missing.ts';
import { createSelection } from './selection.ts';
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
      description:
        'Extension inside the domain; a word for some of the rows that are no people. Where the platform sends numbers, ' +
        'leading zeros are lost on the way: they are taken from the login where that is `extension@domain`, or from the key ' +
        'that was asked for. Otherwise they are missing here, and `uid` and `id` may then lead nowhere.',
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

/** Reads the columns that are needed for what is selected at the end of any of these paths. */
export const createColumns = (...paths: readonly (readonly string[])[]) => {
  const read = createSelection(...paths);
  return (info: GraphQLResolveInfo): ReadonlySet<SubscriberField> =>
    new Set(
      [...read(info)]
        .flatMap(({ name, extensions }) => (extensions['reads'] as readonly string[] | undefined) ?? [name])
        .filter(isSubscriberField),
    );
};

/** The columns that a field which gives a subscriber needs for what is selected of it, so that no others are asked for. */
export const selectedSubscriberFields = createColumns([]);

/** The same for a field that gives a connection of subscribers. */
export const listedSubscriberFields = createColumns(['nodes'], ['edges', 'node']);
