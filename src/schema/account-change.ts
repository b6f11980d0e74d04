import { builder } from '../builder.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type { AccountChange } from '../upstream/cloudlink/account.ts';
import { Account, accountIdOf, forgetAccounts } from './account.ts';
import { AddressInput, toNewAddress } from './address-input.ts';
import { LONGEST_TEXT, notNull, optionalCount, optionalText, refuseNoChange } from './legacy-input.ts';
import { change, keyArgument, rejections } from './mutation.ts';

const MOST_DOMAINS = 100;

const UpdateAccountInput = builder.inputType('UpdateAccountInput', {
  description:
    'What to change of an account. What is left out stays as it is; null is refused, since nothing here can be taken away. How ' +
    'long tokens live, who may come as a guest and whether the account is switched on are set in the console: CloudLink ' +
    'documents no more than that an account can be changed.',
  fields: (t) => ({
    account: t.id({ description: "The `id` of an Account; the caller's own where absent." }),
    name: t.string({ description: `Name of the customer, up to ${LONGEST_TEXT} characters.` }),
    languageCode: t.string({ description: 'Language of the account, such as `en-US`.' }),
    userLimit: t.int({ description: 'How many users the account may have, 0 or more.' }),
    topLevelDomains: t.stringList({
      description: `Internet domains of the customer, at most ${MOST_DOMAINS}; all of them, since they take the place of the old ones.`,
    }),
    address: t.field({ type: AddressInput, description: 'Where the customer is.' }),
  }),
});

const toChange = (input: typeof UpdateAccountInput.$inferInput): AccountChange => {
  const topLevelDomains = notNull('topLevelDomains', input.topLevelDomains);
  if (isGiven(topLevelDomains) && topLevelDomains.length > MOST_DOMAINS)
    throw badInput(
      'topLevelDomains',
      `must hold at most ${MOST_DOMAINS} domains, not ${topLevelDomains.length}.`,
    );
  return {
    name: optionalText('name', notNull('name', input.name)),
    languageCode: optionalText('languageCode', notNull('languageCode', input.languageCode)),
    userLimit: optionalCount('userLimit', input.userLimit),
    topLevelDomains: topLevelDomains?.map((domain, index) =>
      sendableText(`topLevelDomains.${index}`, domain, LONGEST_TEXT),
    ),
    address: toNewAddress(notNull('address', input.address)),
  };
};

builder.mutationField('updateAccount', (t) =>
  t.field({
    type: Account,
    errors: rejections,
    description:
      'Changes an account; administrators only. Costs one upstream request, sent once, and a read where CloudLink does not ' +
      'answer with the account.',
    args: {
      input: t.arg({ type: UpdateAccountInput, required: true, description: 'Which, and what to change.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const wanted = toChange(input);
      refuseNoChange({ ...wanted });
      const accountId = await accountIdOf(input.account, context);
      forgetAccounts(context);
      return context.cloudlink.accounts.update(accountId, wanted);
    }),
  }),
);
