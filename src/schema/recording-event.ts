import { builder } from '../builder.ts';
import type { FeedEvent } from '../feed/hub.ts';
import { isGiven, legacyDomain } from '../input.ts';
import type { Recording as RecordingModel } from '../upstream/cloudlink/recording.ts';
import type { CallRecording as CallRecordingModel } from '../upstream/netsapiens/recording.ts';
import { CallDetailRecording } from './call-detail-recording.ts';
import { Event, eventField, requireOne } from './event.ts';
import { Recording } from './recording.ts';

const AnyRecording = builder.unionType('AnyRecording', {
  description: 'What was recorded of a call, on either platform.',
  types: [Recording, CallDetailRecording],
  resolveType: (recording) => ('originCallId' in recording ? 'CallDetailRecording' : 'Recording'),
});

const RecordingEvent = builder.objectRef<FeedEvent>('RecordingEvent').implement({
  description: 'The recording of a call can be heard from now on.',
  interfaces: [Event],
  fields: (t) => ({
    recording: t.field({
      type: AnyRecording,
      nullable: false,
      description: 'The recording. What it leads to is read anew.',
      resolve: ({ change }) => change.model as RecordingModel | CallRecordingModel,
    }),
  }),
});

eventField('recordingReady', {
  type: RecordingEvent,
  backlog: 'every',
  description:
    'Recordings as soon as they are there: of the account in CloudLink, those that the caller may hear, or of a legacy domain, ' +
    'which tells them some minutes after the call. Nothing documented says that CloudLink tells them at all: there, after each ' +
    'call that is over, they are looked for 1, 5, 20 and 60 seconds later, one request each for all calls together, while ' +
    'somebody follows this. Opens one upstream subscription, after one request to CloudLink; an event costs what is selected ' +
    'below it. Needs exactly one of `account: true` and `domain`.',
  args: builder.args((t) => ({
    account: t.boolean({ description: 'Whether to follow the recordings of the account in CloudLink.' }),
    domain: t.string({ description: 'Name of a legacy domain, whose recordings to follow.' }),
  })),
  wish: ({ account, domain }, { cloudlink, netsapiens }) => {
    requireOne('recordingReady', { account, domain });
    return {
      interests: [
        isGiven(domain)
          ? netsapiens.interest('call_recording', legacyDomain('domain', domain))
          : cloudlink.interests.recordings(),
      ],
      isWanted: ({ noun, kind }) => noun.endsWith('Recording') && kind === 'CREATED',
    };
  },
});
