import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { Presence as PresenceModel } from '../upstream/cloudlink/presence.ts';
import { openEnum } from './open-enum.ts';
import { User } from './user.ts';

export const PresenceStatus = openEnum(
  'PresenceStatus',
  'Whether somebody can be reached in CloudLink (assumed, A-01). Where CloudLink itself does not know, it says so, which reads as UNKNOWN.',
  {
    AVAILABLE: { wire: 'available', description: 'Can be reached.' },
    BUSY: { wire: 'busy', description: 'Occupied, such as by a call.' },
    DO_NOT_DISTURB: { wire: 'dnd', description: 'Does not want to be reached.' },
    AWAY: { wire: 'away', description: 'Not at their place.' },
    OFFLINE: { wire: 'offline', description: 'Not signed in anywhere.' },
  },
);

export const UserPresence = builder.objectRef<PresenceModel>('UserPresence').implement({
  description:
    'Whether a CloudLink user can be reached. Experimental: neither the routes nor the values of the Presence service are ' +
    'documented (assumed, A-01).',
  fields: (t) => ({
    status: t.field({
      type: PresenceStatus.type,
      description: 'Whether they can be reached.',
      resolve: ({ status }) => PresenceStatus.read(status),
    }),
    statusText: t.exposeString('status', { description: 'The status in the words of CloudLink.' }),
    reason: t.exposeString('reason', { description: 'What they say about it, such as "Lunch".' }),
    modifiedAt: t.expose('modifiedAt', { type: 'DateTime', description: 'Since when it is so.' }),
  }),
});

/** Presences by user: 50 to a request, however many ask. */
const presences = createContextCache(
  ({ cloudlink }: Context) =>
    new DataLoader<string, PresenceModel | null>((userIds) => cloudlink.presences.getMany(userIds)),
);

/** Whether a user can be reached; null where CloudLink says nothing of them. Many share a request. */
export const presenceOf = (
  { id }: { readonly id: string },
  context: Context,
): Promise<PresenceModel | null> => presences(context).load(id);

builder.objectField(User, 'presence', (t) =>
  t.field({
    type: UserPresence,
    description:
      'Whether the user can be reached; null where CloudLink says nothing of them. Costs one upstream request for every 50 ' +
      'users (assumed, A-01); PLATFORM_NOT_CONFIGURED on a gateway without CLOUDLINK_PRESENCE_URL.',
    resolve: (user, _args, context) => presenceOf(user, context),
  }),
);
