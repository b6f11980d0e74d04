import { builder } from '../builder.ts';
import { keyOf, splitKey } from '../global-id.ts';
import { badInput, isGiven, legacyName, sendableText } from '../input.ts';
import type { DeviceChange } from '../upstream/netsapiens/device.ts';
import { Device, deviceName, forgetDevices } from './device.ts';
import { domainNameOf } from './domain.ts';
import { LONGEST_TEXT, notNull, optionalText, refuseNoChange, UNTIL_IT_SHOWS } from './legacy-input.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';

const DeviceTransport = builder.enumType('DeviceTransport', {
  description: 'How a device speaks to the platform (assumed: the values are not documented).',
  values: {
    UDP: { value: 'udp', description: 'UDP.' },
    TCP: { value: 'tcp', description: 'TCP.' },
    TLS: { value: 'tls', description: 'TLS, encrypted.' },
  } as const,
});

const CreateDeviceInput = builder.inputType('CreateDeviceInput', {
  description: 'A new device. It is registered when a phone registers under its name.',
  fields: (t) => ({
    domain: t.string({ description: "Name of a domain; the caller's own where absent." }),
    name: t.string({ required: true, description: 'Its name, such as `1001a`.' }),
    extension: t.string({ required: true, description: 'The extension it shall belong to.' }),
    mac: t.string({ required: true, description: 'Its hardware address, with or without separators.' }),
    model: t.string({ required: true, description: 'Its model, as the provisioning server calls it.' }),
    line: t.int({ description: 'Which line of the phone it is.' }),
    transport: t.field({ type: DeviceTransport, description: 'How it shall speak to the platform.' }),
    emergencyCallerIdNumber: t.string({ description: 'Number shown on emergency calls.' }),
  }),
});

const UpdateDeviceInput = builder.inputType('UpdateDeviceInput', {
  description: 'What to change of a device. What is left out stays as it is; null takes a value away.',
  fields: (t) => ({
    device: t.id({ required: true, description: 'The `id` of a Device.' }),
    extension: t.string({ description: 'The extension it shall belong to.' }),
    mac: t.string({ description: 'Its hardware address, with or without separators.' }),
    model: t.string({ description: 'Its model, as the provisioning server calls it.' }),
    line: t.int({ description: 'Which line of the phone it is.' }),
    transport: t.field({ type: DeviceTransport, description: 'How it shall speak to the platform.' }),
    emergencyCallerIdNumber: t.string({ description: 'Number shown on emergency calls.' }),
  }),
});

const DeviceInput = builder.inputType('DeviceInput', {
  description: 'A device.',
  fields: (t) => ({ device: t.id({ required: true, description: 'The `id` of a Device.' }) }),
});

/** Twelve hexadecimal digits, as upstream wants them (facts §5.3). */
const macAddress = (value: string): string => {
  const digits = value.replaceAll(/[:.-]/g, '').toLowerCase();
  if (!/^[\da-f]{12}$/.test(digits)) {
    throw badInput('mac', 'must be 12 hexadecimal digits, with or without `:`, `-` or `.` between them.');
  }
  return digits;
};

const lineNumber = (value: number): string => {
  if (value < 1) throw badInput('line', `must be 1 or more, not ${value}.`);
  return String(value);
};

const toChange = (input: Omit<typeof UpdateDeviceInput.$inferInput, 'device'>): DeviceChange => {
  const extension = notNull('extension', input.extension);
  const mac = notNull('mac', input.mac);
  const model = notNull('model', input.model);
  const line = notNull('line', input.line);
  return {
    user: isGiven(extension) ? legacyName('extension', extension) : undefined,
    mac: isGiven(mac) ? macAddress(mac) : undefined,
    model: isGiven(model) ? sendableText('model', model, LONGEST_TEXT) : undefined,
    line: isGiven(line) ? lineNumber(line) : undefined,
    transport: notNull('transport', input.transport),
    emergencyCallerIdNumber: optionalText('emergencyCallerIdNumber', input.emergencyCallerIdNumber),
  };
};

const keyOfDevice = (id: string) => {
  const [domain, name] = splitKey(keyOf('Device', id, 'device'));
  return { domain, name };
};

const COST = `For office managers and above. Costs one upstream request and ${UNTIL_IT_SHOWS}`;

builder.mutationFields((t) => ({
  createDevice: t.field({
    type: Device,
    errors: rejections,
    description: `Makes a device for a subscriber; CONFLICT where its name is taken. ${COST}`,
    args: {
      input: t.arg({ type: CreateDeviceInput, required: true, description: 'What it shall be.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { domain, name, ...input } }, context) => {
      const device = deviceName('name', name);
      const wanted = toChange(input);
      const key = { domain: await domainNameOf(domain, context), name: device };
      const made = await context.netsapiens.devices.create(key, wanted);
      forgetDevices(context);
      return made;
    }),
  }),
  updateDevice: t.field({
    type: Device,
    errors: rejections,
    description: `Changes a device, or gives it to another subscriber of its domain. ${COST}`,
    args: {
      input: t.arg({ type: UpdateDeviceInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { device, ...input } }, context) => {
      const key = keyOfDevice(device);
      const wanted = toChange(input);
      refuseNoChange({ ...wanted });
      const changed = await context.netsapiens.devices.update(key, wanted);
      forgetDevices(context);
      return changed;
    }),
  }),
  deleteDevice: t.field({
    type: 'ID',
    errors: rejections,
    description: `Deletes a device. ${COST}`,
    args: {
      input: t.arg({ type: DeviceInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { device } }, context) => {
      await context.netsapiens.devices.remove(keyOfDevice(device));
      forgetDevices(context);
      return device;
    }),
  }),
  resyncDevice: t.field({
    type: Device,
    errors: rejections,
    description:
      'Has a device fetch its settings from the provisioning server again. Nothing shows whether it did. For office ' +
      'managers and above. Costs two upstream requests.',
    args: {
      input: t.arg({ type: DeviceInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { device } }, context) => {
      const synced = await context.netsapiens.devices.resync(keyOfDevice(device));
      forgetDevices(context);
      return synced;
    }),
  }),
}));
