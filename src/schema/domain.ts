import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode } from '../global-id.ts';
import { badInput, isGiven, legacyDomain } from '../input.ts';
import { settleEach } from '../upstream/batch.ts';
import type { Domain as DomainModel, DomainChange } from '../upstream/netsapiens/domain.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { notNull, optionalCount, optionalText, refuseNoChange, UNTIL_IT_SHOWS } from './legacy-input.ts';
import { orMissing } from './missing.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';

registerNode('Domain', 'subscriber', /^[^*~%,/\p{Cc}]{1,255}$/u);

export const Domain = builder.loadableNodeRef('Domain', {
  id: { resolve: ({ name }: DomainModel) => name, description: 'Names this domain towards this gateway.' },
  load: async (names: string[], { netsapiens }: Context) => {
    const found = await settleEach<string, DomainModel | null>(names, {
      groupOf: (name) => name,
      size: 1,
      load: async (name) => [await netsapiens.domains.get(name)],
    });
    return found.map(orMissing('The subscriber API has no such domain', 'subscriber'));
  },
});

Domain.implement({
  description:
    'A tenant of the legacy platform. A limit of null is none: the platform sends -1 for it, or more than fits. Whether 0 ' +
    'forbids everything or limits nothing, the platform does not say. Source: `object=domain&action=read`.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      description: 'Name of the tenant, such as `acme.12345.service`.',
    }),
    territory: t.exposeString('territory', { description: 'The reseller the domain belongs to.' }),
    description: t.exposeString('description', { description: 'What the domain is called.' }),
    timeZone: t.exposeString('timeZone', { description: 'Time zone of the domain, such as `US/Eastern`.' }),
    language: t.exposeString('language', { description: 'Language of its prompts, such as `en_us`.' }),
    areaCode: t.exposeString('areaCode', { description: 'Home area code.' }),
    dialPlan: t.exposeString('dialPlan', { description: 'Table by which dialled numbers are translated.' }),
    dialPolicy: t.exposeString('dialPolicy', { description: 'What may be dialled.' }),
    callerIdName: t.exposeString('callerIdName', { description: 'Name shown on outbound calls.' }),
    callerIdNumber: t.exposeString('callerIdNumber', { description: 'Number shown on outbound calls.' }),
    emergencyCallerIdNumber: t.exposeString('emergencyCallerIdNumber', {
      description: 'Number shown on emergency calls.',
    }),
    callLimit: t.exposeInt('callLimit', { description: 'Calls at once; null means no limit.' }),
    externalCallLimit: t.exposeInt('externalCallLimit', {
      description: 'External calls at once; null means no limit.',
    }),
    subscriberLimit: t.exposeInt('subscriberLimit', {
      description: 'Subscribers at most; null means no limit.',
    }),
    maxUsers: t.exposeInt('maxUsers', { description: 'Users at most; null means no limit.' }),
    maxCallQueues: t.exposeInt('maxCallQueues', { description: 'Call queues at most; null means no limit.' }),
    maxAttendants: t.exposeInt('maxAttendants', {
      description: 'Auto attendants at most; null means no limit.',
    }),
    maxConferences: t.exposeInt('maxConferences', {
      description: 'Conference bridges at most; null means no limit.',
    }),
    maxDepartments: t.exposeInt('maxDepartments', {
      description: 'Departments at most; null means no limit.',
    }),
    maxSites: t.exposeInt('maxSites', { description: 'Sites at most; null means no limit.' }),
    maxDevices: t.exposeInt('maxDevices', { description: 'Devices at most; null means no limit.' }),
    policiesText: t.exposeString('policies', {
      description: 'Whether policies apply, in the words of the platform.',
    }),
    activeCallCount: t.exposeInt('activeCallCount', { description: 'Calls under way now.' }),
    subscriberCount: t.exposeInt('subscriberCount', {
      description: 'Subscribers now, system rows included.',
    }),
  }),
});

const DomainConnection = connectionOf(Domain, {
  name: 'Domain',
  plural: 'domains',
  of: 'subscriber',
  total: 'How many domains the caller may see. Costs one upstream request.',
});

/** The domain of a `domain` argument, or the caller's own where there is none. */
export const domainNameOf = async (
  name: string | null | undefined,
  { netsapiens }: Context,
): Promise<string> => {
  if (isGiven(name)) return legacyDomain('domain', name);
  const own = await netsapiens.ownDomain();
  if (own !== null) return own;
  throw new UpstreamError({
    code: 'BAD_USER_INPUT',
    platform: 'subscriber',
    message: 'The token of the subscriber API does not tell its domain: name one with the argument `domain`.',
  });
};

builder.queryFields((t) => ({
  domain: t.field({
    type: Domain,
    description:
      "A legacy domain by its name; the caller's own where none is given. Null where there is none. Costs one upstream request.",
    args: { name: t.arg.string({ description: 'Name of the domain, such as `acme.12345.service`.' }) },
    resolve: async (_root, { name }, context) =>
      Domain.getDataloader(context)
        .load(await domainNameOf(name, context))
        .catch(orNull),
  }),
  domains: t.field({
    type: DomainConnection,
    description: `The legacy domains the caller may see. Costs one upstream request. ${ROUND_COUNT}`,
    args: pageArguments,
    resolve: (_root, args, { netsapiens }) =>
      toConnection(['domains'], args, (page) => netsapiens.domains.list(page), netsapiens.domains.count),
  }),
}));

const DomainPolicies = builder.enumType('NewDomainPolicies', {
  description: 'Whether the policies of a domain shall apply.',
  values: {
    ACTIVE: { value: 'active', description: 'The domain is in use.' },
    LOCKED: { value: 'locked', description: 'The domain is locked.' },
  } as const,
});

const UpdateDomainInput = builder.inputType('UpdateDomainInput', {
  description: 'What to change of a domain. What is left out stays as it is; null takes a text away.',
  fields: (t) => ({
    domain: t.id({ required: true, description: 'The `id` of a Domain.' }),
    description: t.string({ description: 'What the domain is called.' }),
    timeZone: t.string({ description: 'Time zone, such as `US/Eastern`.' }),
    language: t.string({ description: 'Language of its prompts, such as `en_us`.' }),
    areaCode: t.string({ description: 'Home area code.' }),
    dialPlan: t.string({ description: 'Table by which dialled numbers are translated.' }),
    dialPolicy: t.string({ description: 'What may be dialled.' }),
    callerIdName: t.string({ description: 'Name shown on outbound calls.' }),
    callerIdNumber: t.string({ description: 'Number shown on outbound calls.' }),
    emergencyCallerIdNumber: t.string({ description: 'Number shown on emergency calls.' }),
    callLimit: t.int({ description: 'Calls at once; 0 means no limit.' }),
    externalCallLimit: t.int({ description: 'External calls at once; 0 means no limit.' }),
    subscriberLimit: t.int({ description: 'Subscribers at most.' }),
    maxUsers: t.int({ description: 'Users at most.' }),
    maxCallQueues: t.int({ description: 'Call queues at most.' }),
    maxAttendants: t.int({ description: 'Auto attendants at most.' }),
    maxConferences: t.int({ description: 'Conference bridges at most.' }),
    maxDepartments: t.int({ description: 'Departments at most.' }),
    maxSites: t.int({ description: 'Sites at most.' }),
    maxDevices: t.int({ description: 'Devices at most.' }),
    policies: t.field({ type: DomainPolicies, description: 'Whether the policies apply.' }),
  }),
});

/** A zone upstream cannot read would be kept for every user of the domain. */
const timeZoneOf = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  if (/^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/.test(value)) return value;
  throw badInput('timeZone', 'must be the name of a zone such as `US/Eastern`.');
};

const toChange = (input: Omit<typeof UpdateDomainInput.$inferInput, 'domain'>): DomainChange => ({
  ...Object.fromEntries(
    (
      [
        'description',
        'language',
        'areaCode',
        'dialPlan',
        'dialPolicy',
        'callerIdName',
        'callerIdNumber',
        'emergencyCallerIdNumber',
      ] as const
    ).map((field) => [field, optionalText(field, input[field])]),
  ),
  ...Object.fromEntries(
    (
      [
        'callLimit',
        'externalCallLimit',
        'subscriberLimit',
        'maxUsers',
        'maxCallQueues',
        'maxAttendants',
        'maxConferences',
        'maxDepartments',
        'maxSites',
        'maxDevices',
      ] as const
    ).map((field) => [field, optionalCount(field, input[field])]),
  ),
  timeZone: timeZoneOf(notNull('timeZone', input.timeZone)),
  policies: notNull('policies', input.policies),
});

builder.mutationField('updateDomain', (t) =>
  t.field({
    type: Domain,
    errors: rejections,
    description:
      'Changes a domain. Upstream resets whatever it is not sent, so the whole domain is read, merged and written, its mail ' +
      'server included; what somebody else changes in between is lost. For office managers and above. Costs two upstream ' +
      `requests and ${UNTIL_IT_SHOWS}`,
    args: {
      input: t.arg({ type: UpdateDomainInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { domain, ...input } }, context) => {
      const name = keyOf('Domain', domain, 'domain');
      const wanted = toChange(input);
      refuseNoChange({ ...wanted });
      const changed = await context.netsapiens.domains.update(name, wanted);
      Domain.getDataloader(context).clearAll();
      return changed;
    }),
  }),
);
