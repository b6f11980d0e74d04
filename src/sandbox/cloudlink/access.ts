import { forbidden, notFound } from './failure.ts';
import type { Call, Principal } from './service.ts';
import type { Audit } from './audit.ts';
import type { Account } from './store.ts';

export const isAdministrator = ({ role }: Principal): boolean =>
  role === 'ACCOUNT_ADMIN' || role === 'PARTNER_ADMIN';

/** Whether this account is the caller's own, or one of their partner's where they are the partner's admin. */
export const maySee = (principal: Principal, account: Account): boolean =>
  account.accountId === principal.accountId ||
  (principal.role === 'PARTNER_ADMIN' && account.partnerId === principal.partnerId);

/** The account the path names: 404 where there is none, 403 where it is somebody else's. */
export const findAccount = ({ store, principal, parameter }: Call): Account => {
  const account = store.accounts.get(parameter('accountId'));
  if (account === undefined) throw notFound();
  if (!maySee(principal, account)) throw forbidden();
  return account;
};

/** The account the path names, for somebody who may change it: 403 for ordinary users. */
export const findAdministeredAccount = (call: Call): Account => {
  const account = findAccount(call);
  if (!isAdministrator(call.principal)) throw forbidden();
  return account;
};

/** A record of this account; one of another account is as unknown as one that never was. Throws a 404. */
export const ownedBy = <T extends { readonly accountId: string }>(
  accountId: string,
  record: T | undefined,
): T => {
  if (record?.accountId !== accountId) throw notFound();
  return record;
};

/** The audit fields of a change made now by the caller. */
export const stampChange = ({ clock, principal }: Call): Pick<Audit, 'modifiedOn' | 'modifiedBy'> => ({
  modifiedOn: new Date(clock.now()).toISOString(),
  modifiedBy: principal.principalId,
});

/** The audit fields of a record made now by the caller. */
export const stampCreation = (call: Call): Audit => {
  const { modifiedOn, modifiedBy } = stampChange(call);
  return { createdOn: modifiedOn, createdBy: modifiedBy, modifiedOn, modifiedBy };
};
