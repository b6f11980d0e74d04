import { randomUUID } from 'node:crypto';
import { findAccount, findAdministeredAccount, ownedBy, stampChange, stampCreation } from './access.ts';
import { readBody } from './body.ts';
import { location, readOnly, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import { omit } from './omit.ts';
import type { Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { Site, User } from './store.ts';
import { inAccount } from './store.ts';
import type { ObjectSchema } from './validation.ts';

type NewSite = Pick<Site, 'name' | 'location'>;

const schema: ObjectSchema<Partial<NewSite>> = {
  type: 'object',
  properties: { ...readOnly('siteId', 'accountId'), name: text, location },
};

const newSchema: ObjectSchema<NewSite> = { ...schema, required: ['name'] };

export const toSite = (site: Site) => toItem(site, 'accounts', site.accountId, 'sites', site.siteId);

export const listSites: Handler = (call) => {
  const { accountId } = findAccount(call);
  return toCollection(call, inAccount(call.store.sites, accountId), { show: toSite });
};

export const getSite: Handler = (call) => {
  const { accountId } = findAccount(call);
  return ok(toSite(ownedBy(accountId, call.store.sites.get(call.parameter('siteId')))));
};

export const postSite: Handler = (call) => {
  const { accountId } = findAdministeredAccount(call);
  const body = readBody(call, newSchema);
  const site: Site = { ...body, siteId: randomUUID(), accountId, ...stampCreation(call) };
  call.store.sites.set(site.siteId, site);
  return created(toSite(site));
};

export const putSite: Handler = (call) => {
  const { accountId } = findAdministeredAccount(call);
  const site = ownedBy(accountId, call.store.sites.get(call.parameter('siteId')));
  const changed = { ...site, ...readBody(call, schema), ...stampChange(call) };
  call.store.sites.set(site.siteId, changed);
  return ok(toSite(changed));
};

export const deleteSite: Handler = (call) => {
  const { store } = call;
  const { accountId } = findAdministeredAccount(call);
  const { siteId } = ownedBy(accountId, store.sites.get(call.parameter('siteId')));
  store.sites.delete(siteId);
  for (const user of inAccount(store.users, accountId)) {
    if (user.siteId !== siteId) continue;
    const moved: User = { ...omit(user, 'siteId'), ...stampChange(call) };
    store.users.set(user.userId, moved);
  }
  return ok({});
};
