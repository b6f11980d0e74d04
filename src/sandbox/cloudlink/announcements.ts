import * as admin from './admin-announcement.ts';
import type { Announcement, Setting } from './announcement.ts';
import * as chat from './chat-announcement.ts';
import * as media from './media-announcement.ts';

/** How each noun is announced, by the name that the listeners of the store are told. */
const announcements = { ...admin, ...chat, ...media };

type Announce = (record: unknown, setting: Setting) => Announcement | undefined;

/** The announcement of a changed record; undefined where nobody is ever told of it. */
export const announce = (noun: string, record: unknown, setting: Setting): Announcement | undefined =>
  Object.hasOwn(announcements, noun)
    ? (announcements[noun as keyof typeof announcements] as Announce)(record, setting)
    : undefined;
