import { builder } from '../builder.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { keyOf } from '../global-id.ts';
import type { Endpoint as EndpointModel } from '../upstream/cloudlink/endpoint.ts';
import { Endpoint } from './endpoint.ts';
import { Event, eventField, requireSome } from './event.ts';

const EndpointEvent = builder.objectRef<FeedEvent>('EndpointEvent').implement({
  description: 'A telephone does something else, or was set otherwise.',
  interfaces: [Event],
  fields: (t) => ({
    endpoint: t.field({
      type: Endpoint,
      nullable: false,
      description: 'The telephone as it is after the event.',
      resolve: ({ change }) => change.model as EndpointModel,
    }),
  }),
});

const MOST_ENDPOINTS = 50;

eventField('endpointEvents', {
  type: EndpointEvent,
  backlog: 'latest',
  description:
    'What telephones do and are set to: whether somebody can be called, as CloudLink documents it. Opens one upstream ' +
    'subscription for all of them, after one request for each; an event costs what is selected below it.',
  args: builder.args((t) => ({
    endpoints: t.idList({
      required: true,
      description: `The \`id\`s of Endpoints, 1 to ${MOST_ENDPOINTS}.`,
    }),
  })),
  wish: ({ endpoints }, { cloudlink }) => {
    requireSome('endpoints', endpoints, { most: MOST_ENDPOINTS });
    const keys = endpoints.map((id, index) => keyOf('Endpoint', id, `endpoints.${index}`));
    return { interests: [cloudlink.interests.endpoints([...new Set(keys)])] };
  },
});
