import { builder } from '../builder.ts';
import type { FeedEvent } from '../feed/hub.ts';
import type { Subscriber as SubscriberModel } from '../upstream/netsapiens/subscriber-record.ts';
import { domainNameOf } from './domain.ts';
import { Event, eventField } from './event.ts';
import { Subscriber } from './subscriber.ts';

const SubscriberEvent = builder.objectRef<FeedEvent>('SubscriberEvent').implement({
  description: 'A subscriber was made, changed or deleted.',
  interfaces: [Event],
  fields: (t) => ({
    subscriber: t.field({
      type: Subscriber,
      nullable: false,
      description:
        'The subscriber as they are after the event, or as they were last. What they lead to is read anew.',
      resolve: ({ change }) => change.model as SubscriberModel,
    }),
  }),
});

eventField('subscriberEvents', {
  type: SubscriberEvent,
  backlog: 'latest',
  description:
    'Subscribers of a legacy domain as they are made, changed and deleted, those whom the caller may read. Opens one upstream ' +
    'subscription, after one request for every 1,000 of them; an event costs what is selected below it.',
  args: builder.args((t) => ({
    domain: t.string({ description: "Name of a legacy domain; the caller's own where absent." }),
  })),
  wish: async ({ domain }, context) => ({
    interests: [context.netsapiens.interest('subscriber', await domainNameOf(domain, context))],
  }),
});
