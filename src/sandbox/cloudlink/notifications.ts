import type { Service } from './service.ts';
import { deleteSubscription, listSubscriptions, postSubscription } from './subscription.ts';

/** Who wants to be told of what (facts §8). What they are told is made in `publication.ts`. */
export const notifications: Service = {
  name: 'notifications',
  open: {},
  routes: {
    'GET /subscriptions': listSubscriptions,
    'POST /subscriptions': postSubscription,
    'DELETE /subscriptions/{subscriptionId}': deleteSubscription,
  },
};
