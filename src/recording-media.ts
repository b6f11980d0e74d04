import type { Context } from './context.ts';
import { splitKey } from './global-id.ts';
import { badInput } from './input.ts';
import { splitLegacyKey } from './schema/legacy-key.ts';
import { UpstreamError, type PlatformName } from './upstream/errors.ts';
import type { Passage, UpstreamStream } from './upstream/http.ts';

/** How somebody wants to hear a recording. */
export interface MediaWish {
  readonly format: string | null;
  readonly channel: string | null;
}

/** Where a platform keeps a sound. The address may carry a permission and is never given out. */
export interface MediaAddress {
  readonly platform: PlatformName;
  readonly url: string;
}

/** What a platform gives out by itself, to the token of whoever asks. */
export interface MediaSource {
  readonly platform: PlatformName;
  readonly open: (passage: Passage) => Promise<UpstreamStream>;
}

/** Finds the sound of what a global id of one type names. Throws where there is none, or none for the caller. */
export type FindMedia = (
  key: string,
  wish: MediaWish,
  context: Context,
) => Promise<MediaAddress | MediaSource>;

const formats: readonly string[] = ['wav', 'mp3'];

const findCloudlinkMedia: FindMedia = async (key, { format, channel }, { cloudlink }) => {
  if (format !== null && !formats.includes(format))
    throw badInput('format', `must be one of ${formats.join(', ')}.`);
  const media = await cloudlink.recordings.media(key, format ?? undefined);
  const address =
    channel === null ? media.whole : media.channels.find(({ channelId }) => channelId === channel);
  if (address) return { platform: 'cloudlink', url: address.url };
  throw new UpstreamError({
    code: 'NOT_FOUND',
    platform: 'cloudlink',
    message:
      channel === null
        ? 'CloudLink gives no sound for this recording.'
        : 'This recording has no such channel: see `Recording.media.channels`.',
  });
};

/** There is one form of what the platform keeps. */
const refuseWish = ({ format, channel }: MediaWish, keeper: string): void => {
  const wish = format !== null ? 'format' : channel !== null ? 'channel' : null;
  if (wish !== null) throw badInput(wish, `cannot be chosen for ${keeper}.`);
};

const findAttachment: FindMedia = async (key, wish, { cloudlink }) => {
  refuseWish(wish, 'what is attached to a conversation');
  const [conversationId, attachmentId] = splitKey(key);
  return {
    platform: 'cloudlink',
    open: (passage) => cloudlink.attachments.open({ conversationId, attachmentId }, passage),
  };
};

/** The legacy platform gives a sound in one form, and by an address that is signed anew for each read. */
const findLegacyMedia =
  (find: (key: string, context: Context) => Promise<string | null>): FindMedia =>
  async (key, wish, context) => {
    refuseWish(wish, 'what the legacy platform keeps');
    const url = await find(key, context);
    if (url !== null) return { platform: 'subscriber', url };
    throw new UpstreamError({
      code: 'NOT_FOUND',
      platform: 'subscriber',
      message:
        'The subscriber API has nothing by this id, or not yet. A recording comes some minutes after its call.',
    });
  };

const findCallRecording = findLegacyMedia((key, { netsapiens }) => {
  const [domain, originCallId, destinationCallId = ''] = splitLegacyKey(key, 1);
  return netsapiens.recordings.getMediaUrl({ domain, originCallId, destinationCallId });
});

const findVoicemail = findLegacyMedia((key, { netsapiens }) => {
  const [domain, user, index = ''] = splitLegacyKey(key, 1);
  return netsapiens.voicemails.getMediaUrl({ domain, user, index });
});

const findTextMedia = findLegacyMedia((key, { netsapiens }) => {
  const [domain, user, sessionId = '', id = ''] = splitLegacyKey(key, 2);
  return netsapiens.textMessages.getMediaUrl({ domain, user, sessionId, id });
});

/** What can be heard at `GET /recordings/{id}`, by the type that the id names. */
export const findMedia: Readonly<Record<string, FindMedia>> = {
  Recording: findCloudlinkMedia,
  Attachment: findAttachment,
  CallDetailRecording: findCallRecording,
  Voicemail: findVoicemail,
  TextMessage: findTextMedia,
};
