import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, registerNode, splitKey } from '../global-id.ts';
import type { Site as SiteModel } from '../upstream/cloudlink/site.ts';
import { Account, Address } from './account.ts';
import { auditField } from './audit.ts';
import { orMissing } from './missing.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';

registerNode('Site', 'cloudlink', guidKey(2));

export const Site = builder.loadableNodeRef('Site', {
  id: {
    resolve: ({ accountId, id }: SiteModel) => `${accountId}/${id}`,
    description: 'Names this site towards this gateway.',
  },
  load: async (keys: string[], { cloudlink }: Context) => {
    const parsed = keys.map(splitKey).map(([accountId, id]) => ({ accountId, id }));
    return (await cloudlink.sites.getMany(parsed)).map(orMissing('CloudLink has no such site'));
  },
});

Site.implement({
  description: 'A place of an account. Its fields and route are assumed (A-10). Source: the Admin service.',
  fields: (t) => ({
    siteId: t.exposeString('id', { nullable: false, description: "CloudLink's own id." }),
    account: t.field({
      type: Account,
      description:
        'The account the site belongs to. Costs one upstream request where the account was not read before.',
      resolve: ({ accountId }) => accountId,
    }),
    name: t.exposeString('name', { description: 'Name of the place.' }),
    address: t.expose('address', { type: Address, description: 'Where it is.' }),
    audit: auditField(t),
  }),
});

const SiteConnection = connectionOf(Site, { name: 'Site', plural: 'sites' });

builder.objectField(Account, 'sites', (t) =>
  t.field({
    type: SiteConnection,
    description: 'The places of the account. Costs one upstream request.',
    args: pageArguments,
    resolve: ({ id }, args, { cloudlink }) =>
      toConnection(['sites', id], args, (page) => cloudlink.sites.list(id, page)),
  }),
);
