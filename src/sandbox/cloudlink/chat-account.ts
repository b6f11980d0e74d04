import { findAccount } from './access.ts';
import { toItem } from './hal.ts';
import type { Handler } from './service.ts';
import { ok } from './service.ts';

/** What chat keeps of an account (facts §5.1): who it is, and nothing of its policy or limits. */
export const getChatAccount: Handler = (call) => {
  const { accountId, name, languageCode, domain, active, partnerId, createdOn, modifiedOn } =
    findAccount(call);
  const kept = { accountId, name, languageCode, domain, active, partnerId, createdOn, modifiedOn };
  return ok(toItem(kept, 'accounts', accountId));
};
