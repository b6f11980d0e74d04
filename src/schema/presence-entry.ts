import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { PresenceEntry as PresenceEntryModel } from '../upstream/netsapiens/presence.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { Subscriber } from './subscriber.ts';
import { SubscriberPresence } from './subscriber-enums.ts';
import { loadSubscriber } from './subscriber-query.ts';

export const PresenceEntry = builder.objectRef<PresenceEntryModel>('PresenceEntry').implement({
  description:
    'Whether the line of somebody in a legacy domain is free. Everybody in a domain may see it. What upstream sends is not ' +
    'documented, but seen. Source: `object=presence&action=list`.',
  fields: (t) => ({
    extension: t.exposeString('user', { nullable: false, description: 'Extension inside the domain.' }),
    domainName: t.exposeString('domain', { nullable: false, description: 'Name of the domain.' }),
    name: t.string({
      description: 'First and last name.',
      resolve: ({ firstName, lastName }) =>
        [firstName, lastName].filter((part) => part !== null).join(' ') || null,
    }),
    firstName: t.exposeString('firstName', { description: 'First name.' }),
    lastName: t.exposeString('lastName', { description: 'Last name.' }),
    department: t.exposeString('department', { description: 'Department; null for none.' }),
    site: t.exposeString('site', { description: 'Name of the site; null for none.' }),
    presence: t.field({
      type: SubscriberPresence.type,
      description: 'State of the line (assumed, A-11).',
      resolve: ({ presence }) => SubscriberPresence.read(presence),
    }),
    presenceText: t.exposeString('presence', { description: 'The state in the words of the platform.' }),
    statusMessage: t.exposeString('message', { description: 'Free text that colleagues see.' }),
    email: t.exposeString('email', { description: 'E-mail address.' }),
    subscriber: t.field({
      type: Subscriber,
      description:
        'Who it is. Costs one upstream request, or one for a whole domain where three or more of it are asked for.',
      resolve: ({ domain, user }, _args, context, info) => loadSubscriber({ domain, user }, context, info),
    }),
  }),
});

const COST = `Costs one upstream request for the whole domain, of up to 1,000 people. ${ROUND_COUNT}`;

const listAll = (domain: string, { netsapiens }: Context) => netsapiens.presences.listAll(domain);

builder.objectField(Domain, 'presence', (t) =>
  t.field({
    type: [PresenceEntry],
    description: `Whose line in the domain is free. ${COST}`,
    resolve: ({ name }, _args, context) => listAll(name, context),
  }),
);

builder.queryField('presences', (t) =>
  t.field({
    type: [PresenceEntry],
    description: `Whose line in a legacy domain is free; the caller's own domain where none is named. ${COST}`,
    args: { domain: t.arg.string({ description: 'Name of a domain.' }) },
    resolve: async (_root, { domain }, context) => listAll(await domainNameOf(domain, context), context),
  }),
);
