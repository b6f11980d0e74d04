import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { registerNode, splitKey } from '../global-id.ts';
import { E164_RULE, toE164 } from '../phone-number.ts';
import type { PhoneNumber as PhoneNumberModel } from '../upstream/netsapiens/phone-number.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { orMissing } from './missing.ts';
import { connectionOf, pageArguments, toConnection, type PageArguments } from './pagination.ts';
import { Subscriber } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

registerNode('PhoneNumber', 'subscriber', /^[^*~%,/\p{Cc}]{1,255}\/[^\p{Cc}]{1,255}$/u);

const PhoneNumber = builder.loadableNodeRef('PhoneNumber', {
  id: {
    resolve: ({ domain, matchRule }: PhoneNumberModel) => `${domain}/${matchRule}`,
    description: 'Names this phone number towards this gateway.',
  },
  load: async (keys: string[], { netsapiens }: Context) => {
    const parsed = keys.map(splitKey).map(([domain, matchRule]) => ({ domain, matchRule }));
    return (await netsapiens.phoneNumbers.getMany(parsed)).map(
      orMissing('The subscriber API has no such phone number', 'subscriber'),
    );
  },
});

PhoneNumber.implement({
  description:
    'A number that people outside call, and where it leads. Source: `object=phonenumber&action=read`.',
  fields: (t) => ({
    matchRule: t.exposeString('matchRule', {
      nullable: false,
      description: 'The rule that the number is for the platform, such as `sip:12125550101@*`.',
    }),
    number: t.string({
      description: `The number in E.164, such as \`+12125550101\`; null where it is none. ${E164_RULE}`,
      resolve: ({ digits }, _args, { settings }) => toE164(digits, settings.homeCountry),
    }),
    digits: t.exposeString('digits', {
      nullable: false,
      description: 'The number as the platform has it, such as `12125550101`.',
    }),
    isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether it is in use.' }),
    application: t.exposeString('application', {
      description: 'What answers it, in the words of the platform, such as `sysUser`.',
    }),
    description: t.exposeString('description', { description: 'What the platform says of it.' }),
    domainName: t.exposeString('domain', {
      nullable: false,
      description: 'Name of the domain it leads to.',
    }),
    domain: t.field({
      type: Domain,
      description: 'The domain it leads to. Costs one upstream request for each domain.',
      resolve: ({ domain }) => domain,
    }),
    extension: t.exposeString('user', { description: 'The extension it leads to; null for none.' }),
    subscriber: t.field({
      type: Subscriber,
      description:
        'Whose it is: the subscriber that it leads to, which may be a queue or the like. Costs one upstream request, or one ' +
        'for a whole domain where three or more of it are asked for.',
      resolve: ({ domain, user }, _args, context, info) =>
        user === null ? null : loadSubscriber({ domain, user }, context, info),
    }),
  }),
});

const PhoneNumberConnection = connectionOf(PhoneNumber, {
  name: 'PhoneNumber',
  plural: 'phone numbers',
  of: 'subscriber',
  total: 'Always null: the platform does not count phone numbers.',
});

/** Numbers by their owner: one read of the domain for all of its subscribers. */
const numbersOf = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader<SubscriberKey, readonly PhoneNumberModel[], string>(
      (keys) => netsapiens.phoneNumbers.getByUser(keys),
      { cacheKeyFn: ({ domain, user }) => `${domain}/${user}` },
    ),
);

const COST = `For office managers and above. Costs one upstream request. ${ROUND_COUNT}`;

const list = (domain: string, args: PageArguments, { netsapiens }: Context) =>
  toConnection(['phoneNumbers', domain], args, (page) => netsapiens.phoneNumbers.list(domain, page));

builder.objectField(Subscriber, 'phoneNumbers', (t) =>
  t.field({
    type: [PhoneNumber],
    description:
      'The numbers that lead to the subscriber. For office managers and above. Costs one upstream request for all ' +
      `subscribers of a domain (one more for every 1,000 numbers). ${ROUND_COUNT}`,
    extensions: { reads: ['user', 'domain'] },
    resolve: async ({ domain, user }, _args, context) => [
      ...(await numbersOf(context).load({ domain, user })),
    ],
  }),
);

builder.objectField(Domain, 'phoneNumbers', (t) =>
  t.field({
    type: PhoneNumberConnection,
    description: `The numbers that lead to the domain. ${COST}`,
    args: pageArguments,
    resolve: ({ name }, args, context) => list(name, args, context),
  }),
);

builder.queryField('phoneNumbers', (t) =>
  t.field({
    type: PhoneNumberConnection,
    description: `The numbers that lead to a legacy domain, the caller's own where none is named. ${COST}`,
    args: { domain: t.arg.string({ description: 'Name of a domain.' }), ...pageArguments },
    resolve: async (_root, { domain, ...args }, context) =>
      list(await domainNameOf(domain, context), args, context),
  }),
);
