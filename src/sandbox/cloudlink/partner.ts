import { stampChange } from './access.ts';
import { readBody } from './body.ts';
import { forbidden, notFound } from './failure.ts';
import { readOnly, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import type { Partner } from './store.ts';
import type { ObjectSchema } from './validation.ts';

const schema: ObjectSchema<Partial<Pick<Partner, 'name'>>> = {
  type: 'object',
  properties: { ...readOnly('partnerId'), name: text },
};

export const toPartner = (partner: Partner) => toItem(partner, 'partners', partner.partnerId);

/** The partner the path names: 404 where there is none, 403 where it is not the one of the caller's account. */
const findPartner = ({ store, principal, parameter }: Call): Partner => {
  const partner = store.partners.get(parameter('partnerId'));
  if (partner === undefined) throw notFound();
  if (partner.partnerId !== principal.partnerId) throw forbidden();
  return partner;
};

export const listPartners: Handler = (call) => {
  const own = call.store.partners.get(call.principal.partnerId);
  return toCollection(call, own === undefined ? [] : [own], { show: toPartner });
};

export const getPartner: Handler = (call) => ok(toPartner(findPartner(call)));

export const putPartner: Handler = (call) => {
  const partner = findPartner(call);
  if (call.principal.role !== 'PARTNER_ADMIN') throw forbidden();
  const changed = { ...partner, ...readBody(call, schema), ...stampChange(call) };
  call.store.partners.set(partner.partnerId, changed);
  return ok(toPartner(changed));
};
