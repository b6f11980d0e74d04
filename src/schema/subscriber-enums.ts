import { builder } from '../builder.ts';
import { DOMAIN_DEFAULT_USER, type Subscriber } from '../upstream/netsapiens/subscriber-record.ts';
import { openEnum } from './open-enum.ts';

/** Facts §8. */
export const SubscriberScope = openEnum(
  'SubscriberScope',
  'What a subscriber may do on the legacy platform.',
  {
    SUPER_USER: { wire: 'Super User', description: 'Everything.' },
    RESELLER: { wire: 'Reseller', description: 'The domains of a territory.' },
    OFFICE_MANAGER: { wire: 'Office Manager', description: 'The own domain with all its users.' },
    SITE_MANAGER: { wire: 'Site Manager', description: 'The own site of a domain.' },
    CALL_CENTER_SUPERVISOR: { wire: 'Call Center Supervisor', description: 'Assigned queues and agents.' },
    CALL_CENTER_AGENT: { wire: 'Call Center Agent', description: 'Itself and its state in queues.' },
    ADVANCED_USER: {
      wire: 'Advanced User',
      description: 'Itself, with more of the portal than a basic user.',
    },
    BASIC_USER: { wire: 'Basic User', description: 'Itself, with contacts, calls and voicemail.' },
    SIMPLE_USER: { wire: 'Simple User', description: 'Itself, with less of the portal than a basic user.' },
    ROUTE_MANAGER: { wire: 'Route Manager', description: 'Routes; a role of operators.' },
    NDP: { wire: 'NDP', description: 'Device provisioning; a role of operators.' },
    NO_PORTAL: { wire: 'No Portal', description: 'May not sign in to the portal.' },
  },
);

export const SubscriberPresence = openEnum(
  'SubscriberPresence',
  'State of a line as the legacy platform computes it. Only `open` is documented, the others are assumed (A-11).',
  {
    OPEN: { wire: 'open', description: 'Free.' },
    IN_USE: { wire: 'inuse', description: 'In a call.' },
    ALERTING: { wire: 'alerting', description: 'Ringing.' },
    PROGRESSING: { wire: 'progressing', description: 'Calling somebody.' },
    HELD: { wire: 'held', description: 'In a call that is on hold.' },
    CLOSED: { wire: 'closed', description: 'No device is registered.' },
  },
);

export const AccountStatus = openEnum(
  'SubscriberAccountStatus',
  'State of a login on the legacy platform. Only `standard` is documented, the others are assumed (A-12).',
  {
    STANDARD: { wire: 'standard', description: 'In use.' },
    NEW: { wire: 'new', description: 'Not yet used.' },
    LOCKED: { wire: 'locked', description: 'Locked.' },
  },
);

export const VoicemailNotification = openEnum('VoicemailNotification', 'What mail a new voicemail causes.', {
  NONE: { wire: 'no', description: 'None.' },
  PLAIN: { wire: 'yes', description: 'A mail without the recording.' },
  ATTACH_KEEP_NEW: { wire: 'attnew', description: 'A mail with the recording, which stays new.' },
  ATTACH_MARK_SAVED: { wire: 'attsave', description: 'A mail with the recording, which counts as heard.' },
  ATTACH_MOVE_TO_TRASH: {
    wire: 'atttrash',
    description: 'A mail with the recording, which goes to the trash.',
  },
});

export const SubscriberKind = builder.enumType('SubscriberKind', {
  description: 'What a row of the legacy platform stands for: not every subscriber is a person.',
  values: {
    PERSON: { description: 'A person.' },
    DOMAIN_DEFAULT: { description: 'The default record that every domain has.' },
    DEPARTMENT: { description: 'A department.' },
    CALL_QUEUE: { description: 'A call queue.' },
    ATTENDANT: { description: 'An auto attendant.' },
    CONFERENCE: { description: 'A conference bridge.' },
    OTHER_SYSTEM: { description: 'Another row of the system, or one with a service code of its own.' },
  } as const,
});

type Kind = typeof SubscriberKind.$inferType;

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/^system-dep/, 'DEPARTMENT'],
  [/^system-(call)?queue/, 'CALL_QUEUE'],
  [/^system-(aa|auto|att)/, 'ATTENDANT'],
  [/^system-conf/, 'CONFERENCE'],
];

/** What a row stands for, by its key and service code. */
export const toKind = ({ user, serviceCode }: Pick<Subscriber, 'user' | 'serviceCode'>): Kind => {
  if (user === DOMAIN_DEFAULT_USER) return 'DOMAIN_DEFAULT';
  if (serviceCode === null) return 'PERSON';
  return kinds.find(([pattern]) => pattern.test(serviceCode.toLowerCase()))?.[1] ?? 'OTHER_SYSTEM';
};
