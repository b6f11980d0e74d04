import type { Company } from '../../company.ts';
import { toAudioKey, type AudioRecord } from '../audio-record.ts';
import { toTime } from '../subscriber-record.ts';
import { toWaveSize } from '../wave.ts';
import { outsiderAt } from './outsider.ts';

const HOUR = 3_600_000;

/** What lies in everybody's mailbox: two new messages, a saved one, one thrown away, and a greeting. */
const mailbox = [
  { type: 'vmail/new', hours: 2, seconds: 14, text: 'Please call me back about the delivery.' },
  { type: 'vmail/new', hours: 27, seconds: 41, text: '' },
  { type: 'vmail/save', hours: 200, seconds: 8, text: 'Thanks, bye.' },
  { type: 'trash', hours: 400, seconds: 3, text: '' },
  { type: 'greeting', hours: 5_000, seconds: 6, text: '' },
] as const;

const music = [
  { type: 'moh', hours: 9_000, seconds: 60, text: '' },
  { type: 'moh', hours: 9_001, seconds: 90, text: '' },
] as const;

/** Voicemail and greetings for everybody, music for each domain. */
export const seedAudio = (company: Company, now: number): (readonly [string, AudioRecord])[] => {
  const owners = [
    ...company.accounts.map(({ domain }) => ({ domain, user: 'domain', sounds: music })),
    ...company.people
      .filter(({ legacy }) => legacy !== undefined)
      .map(({ domain, extension }) => ({ domain, user: extension, sounds: mailbox })),
  ];
  return owners.flatMap(({ domain, user, sounds }, place) =>
    sounds.map(({ type, hours, seconds, text }, ordinal) => {
      const index = String(1_000 + place * 10 + ordinal);
      const { number, company: caller } = outsiderAt(place + ordinal);
      const isVoicemail = type !== 'moh' && type !== 'greeting';
      const record = {
        index,
        owner: user,
        owner_domain: domain,
        type,
        filename: `${type.replace('/', '-')}-${index}.wav`,
        time: toTime(now - hours * HOUR - (place % 50) * 60_000),
        duration: String(seconds),
        size: String(toWaveSize(seconds)),
        from_user: isVoicemail ? number : '',
        from_name: isVoicemail ? caller : '',
        transcription: text,
      };
      return [toAudioKey(domain, index), record] as const;
    }),
  );
};
