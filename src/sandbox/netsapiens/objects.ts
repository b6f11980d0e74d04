import { agent } from './object/agent.ts';
import { answerrule } from './object/answerrule.ts';
import { audio } from './object/audio.ts';
import { call } from './object/call.ts';
import { callqueue } from './object/callqueue.ts';
import { cdr2 } from './object/cdr2.ts';
import { contact } from './object/contact.ts';
import { conversation } from './object/conversation.ts';
import { department } from './object/department.ts';
import { device } from './object/device.ts';
import { domain } from './object/domain.ts';
import { event } from './object/event.ts';
import { message } from './object/message.ts';
import { messagesession } from './object/messagesession.ts';
import { phonenumber } from './object/phonenumber.ts';
import { presence } from './object/presence.ts';
import { queued } from './object/queued.ts';
import { recording } from './object/recording.ts';
import { site } from './object/site.ts';
import { smsnumber } from './object/smsnumber.ts';
import { subscriber } from './object/subscriber.ts';
import type { PlatformObject } from './operation.ts';

/** Every object of the API that the sandbox has. A new one is a file in `object/` and a line here. */
export const objects: ReadonlyMap<string, PlatformObject> = new Map(
  Object.entries({
    agent,
    answerrule,
    audio,
    call,
    callqueue,
    cdr2,
    contact,
    conversation,
    department,
    device,
    domain,
    event,
    message,
    messagesession,
    phonenumber,
    presence,
    queued,
    recording,
    site,
    smsnumber,
    subscriber,
  }),
);
