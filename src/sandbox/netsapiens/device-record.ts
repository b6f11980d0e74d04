import { CANARY } from '../company.ts';
import { toTime, toUid, type SubscriberRecord } from './subscriber-record.ts';

/** What the provisioning server knows of a device; left out where a read says `noNDP` (facts §5.3). */
export const provisioningColumns = ['mac', 'model', 'line', 'transport', 'overrides', 'ndperror'] as const;

/** The columns of a device, in the order the platform prints them. */
export const deviceColumns = [
  'aor',
  'device',
  'subscriber_name',
  'subscriber_domain',
  'mode',
  'contact',
  'received_from',
  'user_agent',
  'server',
  'hostname',
  'registration_time',
  'registration_expires_time',
  'expires',
  ...provisioningColumns,
  'sub_fullname',
  'sub_scope',
  'sub_login',
  'srv_code',
  'callid_emgr',
  'address_id',
  'call_processing_rule',
  'authentication_key',
  'auth_user',
  'auth_pass',
] as const;

export type DeviceRecord = Readonly<Record<(typeof deviceColumns)[number], string>>;

export const REGISTERED = 'registered_endpoint';
export const UNREGISTERED = 'unregistered_endpoint';

/** How long a registration lasts; a phone renews it each time it is over. */
const REGISTRATION_MS = 3_600_000;

export const toAor = (device: string, domain: string): string => `sip:${device}@${domain}`;

/** A device as the platform makes it for a user: not registered, with secrets that are canaries. */
export const newDevice = (
  owner: SubscriberRecord,
  device: string,
  given: Partial<DeviceRecord> = {},
): DeviceRecord => ({
  aor: toAor(device, owner.domain),
  device,
  subscriber_name: owner.user,
  subscriber_domain: owner.domain,
  mode: UNREGISTERED,
  contact: '',
  received_from: '',
  user_agent: '',
  server: 'core1.example.test',
  hostname: 'core1.example.test',
  registration_time: '',
  registration_expires_time: '',
  expires: '0',
  mac: '',
  model: '',
  line: '1',
  transport: 'udp',
  overrides: '',
  ndperror: '',
  sub_fullname: `${owner.first_name} ${owner.last_name}`.trim(),
  sub_scope: owner.scope,
  sub_login: owner.subscriber_login,
  srv_code: owner.srv_code,
  callid_emgr: owner.callid_emgr,
  address_id: '',
  call_processing_rule: '',
  authentication_key: `${CANARY}-sip-${device}`,
  auth_user: device,
  auth_pass: `${CANARY}-auth-${toUid(device, owner.domain)}`,
  ...given,
});

/** What a device that registered at this time says of it. */
export const toRegistration = (device: string, ordinal: number, time: number): Partial<DeviceRecord> => {
  const address = `198.51.100.${1 + (ordinal % 250)}:5060`;
  return {
    mode: REGISTERED,
    contact: `sip:${device}@${address}`,
    received_from: address,
    user_agent: 'Desk Phone/4.2',
    registration_time: toTime(time),
  };
};

/** A device as it is now: one that is registered has renewed its registration in time. */
export const atTime = (device: DeviceRecord, now: number): DeviceRecord => {
  if (device.mode !== REGISTERED) return device;
  const first = Date.parse(`${device.registration_time.replace(' ', 'T')}Z`);
  const renewed = first + Math.floor(Math.max(0, now - first) / REGISTRATION_MS) * REGISTRATION_MS;
  return {
    ...device,
    registration_time: toTime(renewed),
    registration_expires_time: toTime(renewed + REGISTRATION_MS),
    expires: String(Math.floor((renewed + REGISTRATION_MS - now) / 1000)),
  };
};
