import type { Company, Person } from '../../company.ts';
import { newDevice, toRegistration, type DeviceRecord } from '../device-record.ts';
import { toKey } from '../state.ts';
import { toUid, type SubscriberRecord } from '../subscriber-record.ts';

/** The endings of a person's device names: a desk phone, a second one, a mobile app (facts §9). */
const suffixes = ['', 'a', 'm'] as const;
const models = ['Northwind D40', 'Northwind D60', 'Contoso Softphone'] as const;

/** One to three devices for everybody. Whoever is `closed` has none that is registered; all others have one at least. */
export const seedDevices = (
  company: Company,
  subscribers: ReadonlyMap<string, SubscriberRecord>,
  now: number,
): (readonly [string, DeviceRecord])[] =>
  company.people.flatMap((person, index) => {
    const owner = subscribers.get(toKey(toUid(person.extension, person.domain)));
    if (person.legacy === undefined || owner === undefined) return [];
    return suffixes.slice(0, 1 + (index % suffixes.length)).map((suffix, ordinal) => {
      const device = toDevice(person, owner, { suffix, ordinal, index, now });
      return [toKey(device.aor), device] as const;
    });
  });

interface Place {
  readonly suffix: string;
  readonly ordinal: number;
  readonly index: number;
  readonly now: number;
}

const toDevice = (
  { extension, legacy }: Person,
  owner: SubscriberRecord,
  { suffix, ordinal, index, now }: Place,
): DeviceRecord => {
  const name = `${extension}${suffix}`;
  const isRegistered = legacy?.presence !== 'closed' && (ordinal === 0 || index % 2 === 0);
  const isMobile = suffix === 'm';
  return newDevice(owner, name, {
    ...(isRegistered && toRegistration(name, index, now - (index % 60) * 60_000)),
    // A mobile app that sleeps is not known to be anywhere (facts §5.3).
    ...(isMobile && !isRegistered && { mode: 'unknown' }),
    model: models[ordinal] ?? '',
    mac: isMobile ? '' : (0x005e_1000_0000 + index * 4 + ordinal).toString(16).padStart(12, '0'),
    transport: isMobile ? 'tls' : 'udp',
  });
};
