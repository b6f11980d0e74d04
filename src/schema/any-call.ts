import { builder } from '../builder.ts';
import { ActiveCall } from './active-call.ts';
import { LiveCall } from './live-call.ts';

/** A call of either platform. */
export const AnyCall = builder.unionType('AnyCall', {
  description: 'A call that goes on, on either platform. The two have ids of their own and different verbs.',
  types: [LiveCall, ActiveCall],
  resolveType: (call) => ('pbxCallId' in call ? 'LiveCall' : 'ActiveCall'),
});
