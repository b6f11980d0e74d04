import { builder, orNull } from '../builder.ts';
import type { CallSide as CallSideModel } from '../upstream/cloudlink/call.ts';
import { openEnum } from './open-enum.ts';
import { User, USERS_COST } from './user.ts';

export const CallDirection = openEnum('CallDirection', 'Which way a call goes.', {
  INBOUND: { wire: 'inbound', description: 'Somebody calls in.' },
  OUTBOUND: { wire: 'outbound', description: 'It was placed from here; so is a call between colleagues.' },
});

export const CallCause = openEnum('CallCause', 'Why a call is what it is.', {
  BUSY: { wire: 'busy', description: 'The other side was busy.' },
  CALL_BACK: { wire: 'callBack', description: 'A call back.' },
  CALL_CANCELLED: { wire: 'callCancelled', description: 'The caller gave up.' },
  CALL_FORWARD: { wire: 'callForward', description: 'It was forwarded.' },
  CALL_FORWARD_ALWAYS: { wire: 'callForwardAlways', description: 'It was forwarded, as every call is.' },
  CALL_FORWARD_BUSY: { wire: 'callForwardBusy', description: 'It was forwarded because of another call.' },
  CALL_FORWARD_NO_ANSWER: {
    wire: 'callForwardNoAnswer',
    description: 'It was forwarded because nobody answered.',
  },
  CALL_NOT_ANSWER: { wire: 'callNotAnswer', description: 'Nobody answered.' },
  DESTINATION_NOT_OBTAINABLE: { wire: 'destNotObtainable', description: 'There is nobody at that number.' },
  DO_NOT_DISTURB: { wire: 'doNotDisturb', description: 'The other side does not want to be disturbed.' },
  INCOMPATIBLE_DESTINATION: {
    wire: 'incompatibleDestination',
    description: 'The other side cannot take it.',
  },
  NETWORK_CONGESTION: { wire: 'networkCongestion', description: 'The network was full.' },
  NETWORK_NOT_OBTAINABLE: { wire: 'networkNotObtainable', description: 'The network could not be reached.' },
  NEW_CALL: { wire: 'newCall', description: 'Nothing out of the ordinary.' },
  REDIRECTED: { wire: 'redirected', description: 'It was sent on while it rang.' },
  RESOURCES_NOT_AVAILABLE: { wire: 'resourcesNotAvailable', description: 'The PBX had no room for it.' },
  TRANSFER: { wire: 'transfer', description: 'It was transferred.' },
});

export const CallSide = builder.objectRef<CallSideModel>('CallSide').implement({
  description: 'One end of a CloudLink call.',
  fields: (t) => ({
    number: t.exposeString('number', { description: 'Extension or number, as CloudLink tells it.' }),
    name: t.exposeString('name', { description: 'The name that came with the call.' }),
    isE164: t.exposeBoolean('isE164', { description: 'Whether `number` is in E.164.' }),
    principalId: t.exposeString('principalId', {
      description: "CloudLink's id of the user or application, where it knows them.",
    }),
    user: t.field({
      type: User,
      description: `The user of the caller's account, or null for anybody else. ${USERS_COST}`,
      resolve: async ({ principalId }, _args, context) => {
        if (principalId === null) return null;
        const accountId = await context.cloudlink.ownAccountId();
        if (accountId === null) return null;
        return User.getDataloader(context).load(`${accountId}/${principalId}`).catch(orNull);
      },
    }),
  }),
});
