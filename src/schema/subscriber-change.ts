import { builder, type BuilderTypes } from '../builder.ts';
import type { Context } from '../context.ts';
import { emailAddress, isGiven, legacyName, sendableText } from '../input.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SubscriberChange } from '../upstream/netsapiens/subscriber-change.ts';
import { domainNameOf } from './domain.ts';
import { LONGEST_TEXT, notNull, optionalCount, refuseNoChange, UNTIL_IT_SHOWS } from './legacy-input.ts';
import { subscriberKeyOf } from './legacy-key.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';
import { Subscriber } from './subscriber.ts';
import { SubscriberScope, VoicemailNotification } from './subscriber-enums.ts';
import { forgetSubscribers } from './subscriber-query.ts';

const NewScope = SubscriberScope.closed('NewSubscriberScope', 'What a subscriber shall be allowed to do.');
const NewNotification = VoicemailNotification.closed(
  'NewVoicemailNotification',
  'What mail a new voicemail shall cause.',
);

/** What can be set of a subscriber, when it is made and afterwards. */
const settings = (t: PothosSchemaTypes.InputFieldBuilder<BuilderTypes, 'InputObject'>) => ({
  firstName: t.string({ description: 'First name.' }),
  lastName: t.string({ description: 'Last name.' }),
  login: t.string({ description: 'Name to sign in with, unique on the platform; `user@domain` by default.' }),
  emails: t.stringList({ description: 'All e-mail addresses.' }),
  department: t.string({ description: 'Department.' }),
  site: t.string({ description: 'Name of the site.' }),
  scope: t.field({ type: NewScope, description: 'What the subscriber may do.' }),
  timeZone: t.string({ description: 'Time zone, such as `US/Eastern`.' }),
  language: t.string({ description: 'Language of prompts and portal, such as `en_us`.' }),
  areaCode: t.string({ description: 'Home area code.' }),
  statusMessage: t.string({ description: 'Free text that colleagues see.' }),
  dialByNameDigits: t.string({ description: 'Keypad digits by which a caller finds the name.' }),
  dialByNameOrder: t.int({ description: 'Order among people with the same digits.' }),
  isInDialByName: t.boolean({ description: 'Whether callers can find the name.' }),
  isInDirectory: t.boolean({ description: 'Whether visual directories show the name.' }),
  callLimit: t.int({ description: 'Calls at once.' }),
  storageLimitKilobytes: t.int({ description: 'Space for voicemail and greetings, in kilobytes.' }),
  ringTimeoutSeconds: t.int({ description: 'How long it rings before the next step, in seconds.' }),
  dialPlan: t.string({ description: 'Table by which dialled numbers are translated.' }),
  dialPolicy: t.string({ description: 'What may be dialled.' }),
  callerIdName: t.string({ description: 'Name shown on outbound calls; null means as the domain has it.' }),
  callerIdNumber: t.string({
    description: 'Number shown on outbound calls; null means as the domain has it.',
  }),
  emergencyCallerIdNumber: t.string({
    description: 'Number shown on emergency calls; null means as the domain has it.',
  }),
  isCallScreeningEnabled: t.boolean({ description: 'Whether callers are asked for their name.' }),
  rejectsAnonymousCalls: t.boolean({ description: 'Whether callers without a number are refused.' }),
  isVoicemailProvisioned: t.boolean({ description: "The administrator's switch for the mailbox." }),
  isVoicemailEnabled: t.boolean({ description: "The subscriber's own switch for the mailbox." }),
  voicemailGreetingIndex: t.int({ description: 'Which greeting plays.' }),
  voicemailNotification: t.field({
    type: NewNotification,
    description: 'What mail a new voicemail shall cause.',
  }),
  voicemailCopyTo: t.stringList({
    description:
      'E-mail addresses that get a copy. Sent in both spellings that upstream may take, and looked at afterwards (assumed, A-13).',
  }),
  voicemailTranscription: t.string({ description: 'Who writes voicemail down; null for nobody.' }),
  announcesVoicemailTime: t.boolean({ description: 'Whether the time is spoken before a message.' }),
  announcesVoicemailCaller: t.boolean({ description: 'Whether the caller is spoken before a message.' }),
  playsNewestVoicemailFirst: t.boolean({ description: 'Whether the newest message plays first.' }),
  notifiesMissedCalls: t.boolean({ description: 'Whether a missed call causes a mail.' }),
  notifiesStorageFull: t.boolean({ description: 'Whether full storage causes a mail.' }),
});

const CreateSubscriberInput = builder.inputType('CreateSubscriberInput', {
  description:
    'A new subscriber. What is left out is left to the platform, which takes it from the domain. Its password and PIN are set ' +
    'in the portal: no secret is part of this schema.',
  fields: (t) => ({
    domain: t.string({ description: "Name of a domain; the caller's own where absent." }),
    extension: t.string({ required: true, description: 'Extension; can never be changed.' }),
    ...settings(t),
  }),
});

const UpdateSubscriberInput = builder.inputType('UpdateSubscriberInput', {
  description: 'What to change of a subscriber. What is left out stays as it is; null takes a value away.',
  fields: (t) => ({
    subscriber: t.id({ required: true, description: 'The `id` of a Subscriber.' }),
    ...settings(t),
  }),
});

const DeleteSubscriberInput = builder.inputType('DeleteSubscriberInput', {
  description: 'A subscriber to delete.',
  fields: (t) => ({
    subscriber: t.id({ required: true, description: 'The `id` of a Subscriber.' }),
  }),
});

const SetStatusMessageInput = builder.inputType('SetStatusMessageInput', {
  description: "The caller's own status message.",
  fields: (t) => ({
    message: t.string({ description: 'Free text that colleagues see; null or absent takes it away.' }),
  }),
});

const textFields = [
  'firstName',
  'lastName',
  'login',
  'department',
  'site',
  'timeZone',
  'language',
  'areaCode',
  'statusMessage',
  'dialByNameDigits',
  'dialPlan',
  'dialPolicy',
  'callerIdName',
  'callerIdNumber',
  'emergencyCallerIdNumber',
  'voicemailTranscription',
] as const;

const countFields = [
  'dialByNameOrder',
  'callLimit',
  'storageLimitKilobytes',
  'ringTimeoutSeconds',
  'voicemailGreetingIndex',
] as const;

const flagFields = [
  'isInDialByName',
  'isInDirectory',
  'isCallScreeningEnabled',
  'rejectsAnonymousCalls',
  'isVoicemailProvisioned',
  'isVoicemailEnabled',
  'announcesVoicemailTime',
  'announcesVoicemailCaller',
  'playsNewestVoicemailFirst',
  'notifiesMissedCalls',
  'notifiesStorageFull',
] as const;

type Settings = Omit<typeof UpdateSubscriberInput.$inferInput, 'subscriber'>;

const toAddresses = (argument: string, list: readonly string[] | null | undefined) =>
  list?.map((address, index) => emailAddress(`${argument}.${index}`, address)) ??
  (list === null ? [] : undefined);

const pickEach = <Name extends keyof Settings, Value>(
  names: readonly Name[],
  input: Settings,
  read: (name: Name, value: Settings[Name]) => Value,
) => Object.fromEntries(names.map((name) => [name, read(name, input[name])])) as Record<Name, Value>;

const toChange = (input: Settings): SubscriberChange => {
  const scope = notNull('scope', input.scope);
  const notification = notNull('voicemailNotification', input.voicemailNotification);
  return {
    ...pickEach(textFields, input, (name, value) =>
      isGiven(value) ? sendableText(name, value, LONGEST_TEXT) : value,
    ),
    ...pickEach(countFields, input, optionalCount),
    ...pickEach(flagFields, input, notNull),
    emails: toAddresses('emails', input.emails),
    voicemailCopyTo: toAddresses('voicemailCopyTo', input.voicemailCopyTo),
    scope: scope && SubscriberScope.write(scope),
    voicemailNotification: notification && VoicemailNotification.write(notification),
  };
};

/** The caller, as the token tells. */
const ownKey = async ({ netsapiens }: Context) => {
  const [, user, domain] = /^(.+)@([^@]+)$/.exec((await netsapiens.ownUid()) ?? '') ?? [];
  if (user !== undefined && domain !== undefined) return { domain, user };
  throw new UpstreamError({
    code: 'BAD_USER_INPUT',
    platform: 'subscriber',
    message: 'The token of the subscriber API does not tell whose it is: use updateSubscriber.',
  });
};

const COST = `Costs one upstream request and ${UNTIL_IT_SHOWS}`;

builder.mutationFields((t) => ({
  createSubscriber: t.field({
    type: Subscriber,
    errors: rejections,
    description: `Makes a subscriber; CONFLICT where its extension or login is taken (assumed, A-23). ${COST}`,
    args: {
      input: t.arg({ type: CreateSubscriberInput, required: true, description: 'What it shall be.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { domain, extension, ...input } }, context) => {
      const user = legacyName('extension', extension);
      const wanted = toChange(input);
      const key = { domain: await domainNameOf(domain, context), user };
      const made = await context.netsapiens.subscriberChanges.create(key, wanted);
      forgetSubscribers(context);
      return made;
    }),
  }),
  updateSubscriber: t.field({
    type: Subscriber,
    errors: rejections,
    description: `Changes a subscriber. Subscribers may change some settings of their own, office managers all in their domain. ${COST}`,
    args: {
      input: t.arg({ type: UpdateSubscriberInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { subscriber, ...input } }, context) => {
      const key = subscriberKeyOf(subscriber, 'subscriber');
      const wanted = toChange(input);
      refuseNoChange(wanted);
      const changed = await context.netsapiens.subscriberChanges.update(key, wanted);
      forgetSubscribers(context);
      return changed;
    }),
  }),
  // Facts §4.1.
  deleteSubscriber: t.field({
    type: 'ID',
    errors: rejections,
    description: `Deletes a subscriber with everything it has. Documented for resellers and above only. ${COST}`,
    args: {
      input: t.arg({ type: DeleteSubscriberInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { subscriber } }, context) => {
      await context.netsapiens.subscriberChanges.remove(subscriberKeyOf(subscriber, 'subscriber'));
      forgetSubscribers(context);
      return subscriber;
    }),
  }),
  setStatusMessage: t.field({
    type: Subscriber,
    errors: rejections,
    description: `Sets the caller's own status message, which every subscriber may. ${COST} One more where the session does not know the caller.`,
    args: {
      input: t.arg({ type: SetStatusMessageInput, required: true, description: 'The message.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { message } }, context) => {
      const statusMessage = isGiven(message) ? sendableText('message', message, LONGEST_TEXT) : null;
      const key = await ownKey(context);
      const changed = await context.netsapiens.subscriberChanges.update(key, { statusMessage });
      forgetSubscribers(context);
      return changed;
    }),
  }),
}));
