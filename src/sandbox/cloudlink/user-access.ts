import { findAccount, isAdministrator, ownedBy } from './access.ts';
import { forbidden } from './failure.ts';
import type { Call, Principal } from './service.ts';
import type { User } from './store.ts';

/** The user the path names, whom everybody of the account may read. Throws a 403 or 404. */
export const findUser = (call: Call): User => {
  const { accountId } = findAccount(call);
  return ownedBy(accountId, call.store.users.get(call.parameter('userId')));
};

/** The same where the path does not name the account: it is the token's. */
export const findUserByToken = ({ store, principal, parameter }: Call): User =>
  ownedBy(principal.accountId, store.users.get(parameter('userId')));

/** Administrators write everybody, others only themselves. Throws a 403. */
export const requireWriter = (principal: Principal, user: User): void => {
  if (!isAdministrator(principal) && user.userId !== principal.principalId) throw forbidden();
};

/** Nobody hands out more than they have: users no role at all, account admins not the partner's. Throws a 403. */
export const requireRoleGrant = (principal: Principal, role: string | undefined, current?: string): void => {
  if (role === undefined || role === current) return;
  const highest = role === 'PARTNER_ADMIN' ? principal.role === 'PARTNER_ADMIN' : isAdministrator(principal);
  if (!highest) throw forbidden();
};

export const findWritableUser = (call: Call): User => {
  const user = findUser(call);
  requireWriter(call.principal, user);
  return user;
};
