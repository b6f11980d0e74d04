import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { sendableText } from '../input.ts';
import { accountIdOf } from './account.ts';
import { accountKeyOf } from './account-key.ts';
import { AddressInput, toNewAddress } from './address-input.ts';
import { LONGEST_TEXT, notNull, optionalText, refuseNoChange } from './legacy-input.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { Site } from './site.ts';
import { forgetUsers } from './user.ts';

const NAME_DESCRIPTION = `Name of the place, 1 to ${LONGEST_TEXT} characters.`;
const SITE_DESCRIPTION = 'The `id` of a Site.';
const COST = 'Administrators only; its route is assumed (A-10). Costs one upstream request, sent once';

const CreateSiteInput = builder.inputType('CreateSiteInput', {
  description: 'A new place of an account.',
  fields: (t) => ({
    account: t.id({ description: "The `id` of an Account; the caller's own where absent." }),
    name: t.string({ required: true, description: NAME_DESCRIPTION }),
    address: t.field({ type: AddressInput, description: 'Where it is.' }),
  }),
});

const UpdateSiteInput = builder.inputType('UpdateSiteInput', {
  description: 'What to change of a site. What is left out stays as it is; null is refused.',
  fields: (t) => ({
    site: t.id({ required: true, description: SITE_DESCRIPTION }),
    name: t.string({ description: NAME_DESCRIPTION }),
    address: t.field({ type: AddressInput, description: 'Where it is.' }),
  }),
});

const DeleteSiteInput = builder.inputType('DeleteSiteInput', {
  description: 'A site to delete.',
  fields: (t) => ({ site: t.id({ required: true, description: SITE_DESCRIPTION }) }),
});

/** After a change, what was read before is no longer true. */
const forgetSites = (context: Context): void => {
  Site.getDataloader(context).clearAll();
};

builder.mutationFields((t) => ({
  createSite: t.field({
    type: Site,
    errors: rejections,
    description: `Makes a site. ${COST}.`,
    args: {
      input: t.arg({ type: CreateSiteInput, required: true, description: 'What to make.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { account, name, address } }, context) => {
      const site = { name: sendableText('name', name, LONGEST_TEXT), address: toNewAddress(address) };
      return context.cloudlink.sites.create(await accountIdOf(account, context), site);
    }),
  }),
  updateSite: t.field({
    type: Site,
    errors: rejections,
    description: `Changes a site. ${COST}, and a read where CloudLink does not answer with the site.`,
    args: {
      input: t.arg({ type: UpdateSiteInput, required: true, description: 'Which, and what to change.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const key = accountKeyOf('Site', input.site, 'site');
      const wanted = {
        name: optionalText('name', notNull('name', input.name)),
        address: toNewAddress(notNull('address', input.address)),
      };
      refuseNoChange(wanted);
      forgetSites(context);
      return context.cloudlink.sites.update(key, wanted);
    }),
  }),
  deleteSite: t.field({
    type: 'ID',
    errors: rejections,
    description: `Deletes a site; who worked there works nowhere then. ${COST}.`,
    args: {
      input: t.arg({ type: DeleteSiteInput, required: true, description: 'Which site.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { site } }, context) => {
      const key = accountKeyOf('Site', site, 'site');
      forgetSites(context);
      forgetUsers(context);
      await context.cloudlink.sites.remove(key);
      return site;
    }),
  }),
}));
