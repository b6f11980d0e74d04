import { builder } from '../builder.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { isGiven, legacyDomain } from '../input.ts';
import { toPastCall } from '../past-call.ts';
import type { CallRecord as CallRecordModel } from '../upstream/cloudlink/call-record.ts';
import type { CallDetail as CallDetailModel } from '../upstream/netsapiens/call-detail.ts';
import { Event, eventField, requireOne } from './event.ts';
import { PastCall } from './past-call.ts';

export const CallRecordEvent = builder.objectRef<FeedEvent>('CallRecordEvent').implement({
  description: 'A call is over, and one of the platforms has written it down.',
  interfaces: [Event],
  fields: (t) => ({
    call: t.field({
      type: PastCall,
      nullable: false,
      description:
        'The call as that platform tells it: the other may tell the same one in an event of its own. What it leads to is read anew.',
      resolve: ({ change: { noun, model, occurredAt } }, _args, { settings }) => {
        const record = noun === 'CallRecord' ? (model as CallRecordModel) : null;
        const detail = noun === 'CallDetail' ? (model as CallDetailModel) : null;
        return toPastCall(
          record,
          detail,
          record?.startedAt ?? detail?.startedAt ?? occurredAt,
          settings.homeCountry,
        );
      },
    }),
  }),
});

eventField('callRecordAdded', {
  type: CallRecordEvent,
  backlog: 'every',
  description:
    'Calls that are over, as soon as they are in the history: of the account in CloudLink, those that the caller may see, or of ' +
    'a legacy domain. How CloudLink publishes them is not documented; both paths of a record are understood. Opens one upstream ' +
    'subscription, after one request; an event costs what is selected below it.',
  args: builder.args((t) => ({
    account: t.boolean({ description: 'Whether to follow the history of the account in CloudLink.' }),
    domain: t.string({ description: 'Name of a legacy domain, whose history to follow.' }),
  })),
  wish: ({ account, domain }, { cloudlink, netsapiens }) => {
    requireOne('callRecordAdded', { account, domain });
    return {
      interests: [
        isGiven(domain)
          ? netsapiens.interest('cdr', legacyDomain('domain', domain))
          : cloudlink.interests.callRecords(),
      ],
      isWanted: ({ kind }) => kind === 'CREATED',
    };
  },
});
