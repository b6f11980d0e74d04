import type { GraphQLResolveInfo } from 'graphql';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { registerNode, splitKey } from '../global-id.ts';
import { legacyName } from '../input.ts';
import type { Site as SiteModel } from '../upstream/netsapiens/site.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { orMissing } from './missing.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { createSelection } from './selection.ts';

registerNode('DomainSite', 'subscriber', /^[^*~%,/\p{Cc}]{1,255}\/[^*~%,\p{Cc}]{1,255}$/u);

const DomainSite = builder.loadableNodeRef('DomainSite', {
  id: {
    resolve: ({ domain, name }: SiteModel) => `${domain}/${name}`,
    description: 'Names this site towards this gateway.',
  },
  load: async (keys: string[], { netsapiens }: Context) => {
    const parsed = keys.map(splitKey).map(([domain, name]) => ({ domain, name }));
    return (await netsapiens.sites.getMany(parsed)).map(
      orMissing('The subscriber API has no such site', 'subscriber'),
    );
  },
});

const counted = { isCounted: true };

DomainSite.implement({
  description:
    'A place of a legacy domain that subscribers are at; not a site of CloudLink. Source: `object=site&action=read`.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      description: 'Its name, as in `Subscriber.site` and the filter of `subscribers`.',
    }),
    domainName: t.exposeString('domain', { nullable: false, description: 'Name of its domain.' }),
    domain: t.field({
      type: Domain,
      description: 'Its domain. Costs one upstream request for each domain.',
      resolve: ({ domain }) => domain,
    }),
    userCount: t.exposeInt('userCount', { description: 'People at it.', extensions: counted }),
    queueCount: t.exposeInt('queueCount', { description: 'Call queues at it.', extensions: counted }),
    deviceCount: t.exposeInt('deviceCount', { description: 'Devices at it.', extensions: counted }),
    registeredDeviceCount: t.exposeInt('registeredDeviceCount', {
      description: 'Devices at it that are registered.',
      extensions: counted,
    }),
    activeCallCount: t.exposeInt('activeCallCount', {
      description: 'Calls under way at it.',
      extensions: counted,
    }),
  }),
});

const DomainSiteConnection = connectionOf(DomainSite, {
  name: 'DomainSite',
  plural: 'sites',
  of: 'subscriber',
  total: 'How many sites the domain has. Null where the caller may not count. Costs one upstream request.',
});

const readSelection = createSelection(['nodes'], ['edges', 'node']);

/** Whether the selection asks for what a site has, which upstream counts only when told to. */
const wantsCounts = (info: GraphQLResolveInfo): boolean =>
  [...readSelection(info)].some(({ extensions }) => extensions['isCounted'] === true);

const list = (domain: string, args: PageArguments, { netsapiens }: Context, info: GraphQLResolveInfo) => {
  const isCounted = wantsCounts(info);
  return toConnection(
    ['domainSites', domain],
    args,
    (page) => netsapiens.sites.list(domain, page, isCounted),
    () => netsapiens.sites.count(domain),
  );
};

builder.objectField(Domain, 'sites', (t) =>
  t.field({
    type: DomainSiteConnection,
    description: `The sites of the domain. Costs one upstream request. ${ROUND_COUNT}`,
    args: pageArguments,
    resolve: ({ name }, args, context, info) => list(name, args, context, info),
  }),
);

builder.queryFields((t) => ({
  domainSite: t.field({
    type: DomainSite,
    description:
      'A site of a legacy domain by its name, or null where there is none. Costs one upstream request.',
    args: {
      domain: t.arg.string({ description: "Name of a domain; the caller's own where absent." }),
      name: t.arg.string({ required: true, description: 'Name of the site.' }),
    },
    resolve: async (_root, { domain, name }, context) => {
      const site = legacyName('name', name);
      return DomainSite.getDataloader(context)
        .load(`${await domainNameOf(domain, context)}/${site}`)
        .catch(orNull);
    },
  }),
  domainSites: t.field({
    type: DomainSiteConnection,
    description: `The sites of a legacy domain, the caller's own where none is named. Costs one upstream request. ${ROUND_COUNT}`,
    args: { domain: t.arg.string({ description: 'Name of a domain.' }), ...pageArguments },
    resolve: async (_root, { domain, ...args }, context, info) =>
      list(await domainNameOf(domain, context), args, context, info),
  }),
}));
