import type { Answer } from '../answer.ts';
import { administers } from '../belonging.ts';
import { newDevice, toAor, type DeviceRecord } from '../device-record.ts';
import { pickSent } from '../filter.ts';
import { duplicate, missingTarget, required, type Call } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope } from '../scope.ts';
import { toKey } from '../state.ts';
import { toUid } from '../subscriber-record.ts';

const writable = [
  'mac',
  'model',
  'line',
  'transport',
  'overrides',
  'callid_emgr',
  'address_id',
  'call_processing_rule',
] as const;

export const deviceParameters: readonly string[] = ['domain', 'device', 'user', ...writable];

/** Makes a device for a user; it is not registered until a phone is. */
export const createDevice = (call: Call): Answer => {
  const { parameters, state } = call;
  const domain = required(parameters, 'domain');
  const name = required(parameters, 'device');
  const user = required(parameters, 'user');
  required(parameters, 'mac');
  required(parameters, 'model');
  const columns = readColumns(call);
  if (!administers(call, domain)) return outOfScope(call.switches);
  const owner = state.subscribers.get(toKey(toUid(user, domain)));
  if (owner === undefined) throw new Refusal(404, 'No such user.');
  const device = newDevice(owner, toName(name), columns);
  if (state.devices.has(toKey(device.aor))) throw duplicate(call, 'The device exists already.');
  return call.write(() => {
    if (!state.devices.has(toKey(device.aor))) state.devices.set(toKey(device.aor), device);
  });
};

/** Changes what was sent. A `user` gives the device to somebody else in its domain. */
export const updateDevice = (call: Call): Answer => {
  const { parameters, state } = call;
  const found = toTarget(call);
  const columns = readColumns(call);
  if (!administers(call, found.domain)) return outOfScope(call.switches);
  if (!state.devices.has(found.key)) return missingTarget(call, 'No such device.');
  const user = given(parameters, 'user');
  const owner = user === undefined ? undefined : state.subscribers.get(toKey(toUid(user, found.domain)));
  if (user !== undefined && owner === undefined) throw new Refusal(404, 'No such user.');
  return call.write(() => {
    const device = state.devices.get(found.key);
    if (device === undefined) return;
    state.devices.set(found.key, { ...device, ...columns, ...(owner && { subscriber_name: owner.user }) });
  });
};

export const deleteDevice = (call: Call): Answer => {
  const { state } = call;
  const found = toTarget(call);
  if (!administers(call, found.domain)) return outOfScope(call.switches);
  if (!state.devices.has(found.key)) return missingTarget(call, 'No such device.');
  return call.write(() => {
    state.devices.delete(found.key);
  });
};

/** A device is named alone, or whole as `sip:name@domain`; without a domain it is one of the caller's. */
const toTarget = ({ parameters, caller }: Call): { readonly key: string; readonly domain: string } => {
  const device = required(parameters, 'device');
  const domain = /@([^@]+)$/.exec(device)?.[1] ?? given(parameters, 'domain') ?? caller.domain;
  return { key: toKey(toAor(toName(device), domain)), domain };
};

const toName = (device: string): string => device.replace(/^sip:/, '').replace(/@.*$/, '');

/** Twelve hexadecimal digits without separators, as printed (facts §5.3). */
const readColumns = ({ parameters }: Call): Partial<DeviceRecord> => {
  const mac = given(parameters, 'mac');
  if (mac !== undefined && !/^[0-9a-f]{12}$/i.test(mac)) throw new Refusal(400, 'Invalid parameter: mac');
  return pickSent(parameters, writable);
};
