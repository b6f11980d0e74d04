import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { registerNode } from '../global-id.ts';
import { isGiven, legacyName } from '../input.ts';
import { settleEach } from '../upstream/batch.ts';
import type { Domain as DomainModel } from '../upstream/netsapiens/domain.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { orMissing } from './missing.ts';
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
  total: 'How many domains the caller may see. Costs one upstream request.',
});

/** The domain of a `domain` argument, or the caller's own where there is none. */
export const domainNameOf = async (
  name: string | null | undefined,
  { netsapiens }: Context,
): Promise<string> => {
  if (isGiven(name)) return legacyName('domain', name);
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
    description:
      'The legacy domains the caller may see. Costs one upstream request, and one more where the number of rows is a round ' +
      'one, because a silent cap cannot be told from the end.',
    args: pageArguments,
    resolve: (_root, args, { netsapiens }) =>
      toConnection(['domains'], args, (page) => netsapiens.domains.list(page), netsapiens.domains.count),
  }),
}));
