import { total, type Answer, type Row } from '../answer.ts';
import { seesBelongings } from '../belonging.ts';
import { atTime, deviceColumns, provisioningColumns, type DeviceRecord } from '../device-record.ts';
import { hasGiven, isSame } from '../filter.ts';
import { actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain, seesTerritory } from '../scope.ts';
import { territoryOf, toKey, type State } from '../state.ts';
import { toUid } from '../subscriber-record.ts';
import { createDevice, deleteDevice, deviceParameters, updateDevice } from './device-write.ts';

/** What `read` filters by. `owner` is the older word for the user. */
const filters = { user: 'subscriber_name', owner: 'subscriber_name', mode: 'mode', aor: 'aor' } as const;

/** The devices of a domain that the caller sees, each as it is now. */
const visibleDevices = (call: Call, domain: string): Row[] => {
  const { parameters, state, now } = call;
  const name = given(parameters, 'device');
  const territory = given(parameters, 'territory');
  return [...state.devices.values()]
    .filter(
      (device) =>
        (domain === '*' || isSame(device.subscriber_domain, domain)) &&
        (territory === undefined || territory === territoryOf(state, device.subscriber_domain)) &&
        (name === undefined || isSame(device.device, name) || isSame(device.aor, name)) &&
        hasGiven(parameters, device, filters) &&
        seesBelongings(call, { user: device.subscriber_name, domain: device.subscriber_domain }),
    )
    .map((device) => ({ ...atTime(device, now), ...toOwnerSummary(device, state) }));
};

/** The owner as it is now, not as it was when the device was made. */
const toOwnerSummary = (device: DeviceRecord, state: State): Row => {
  const owner = state.subscribers.get(toKey(toUid(device.subscriber_name, device.subscriber_domain)));
  if (owner === undefined) return {};
  return {
    sub_fullname: `${owner.first_name} ${owner.last_name}`.trim(),
    sub_scope: owner.scope,
    sub_login: owner.subscriber_login,
  };
};

/** `list` gives names only, `noNDP` saves the look at the provisioning server (facts §5.3). */
const chooseColumns = ({ parameters }: Call): readonly string[] => {
  if (given(parameters, 'list') !== undefined) return ['device', 'sub_fullname'];
  if (given(parameters, 'noNDP') === undefined) return deviceColumns;
  const provisioning = new Set<string>(provisioningColumns);
  return deviceColumns.filter((column) => !provisioning.has(column));
};

const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const columns = chooseColumns(call);
  const domain = given(parameters, 'owner_domain') ?? required(parameters, 'domain');
  if (!seesDomain(caller, state, domain)) return outOfScope(call.switches, columns);
  return page(visibleDevices(call, domain), { ...call, columns, key: 'aor' });
};

const count = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const domain = required(parameters, 'domain');
  const territory = given(parameters, 'territory');
  const isVisible =
    (domain === '*' || seesDomain(caller, state, domain)) &&
    (territory === undefined || seesTerritory(caller, territory));
  return isVisible ? total(visibleDevices(call, domain).length) : outOfScope(call.switches, deviceColumns);
};

/** Phones and apps, registered or not (facts §5.3). Their secrets are in every record. */
export const device: PlatformObject = {
  element: 'device',
  actions: actionsOf({
    read: {
      parameters: [
        'domain',
        'owner_domain',
        'device',
        'list',
        'filters',
        'noNDP',
        ...Object.keys(filters),
        ...pageParameters,
      ],
      run: read,
    },
    count: { parameters: ['domain', 'user', 'aor', 'device', 'territory'], run: count },
    create: { parameters: deviceParameters, run: createDevice },
    update: { parameters: [...deviceParameters, 'check-sync'], run: updateDevice },
    delete: { parameters: ['device', 'domain', 'termination_match'], run: deleteDevice },
  }),
};
