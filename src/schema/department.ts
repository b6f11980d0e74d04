import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import type { Department as DepartmentModel } from '../upstream/netsapiens/department.ts';
import { Domain, domainNameOf } from './domain.ts';
import { ROUND_COUNT } from './legacy-cost.ts';

const Department = builder.objectRef<DepartmentModel>('Department').implement({
  description:
    'A department of a legacy domain. The platform tells its name and nothing else (assumed, A-16). Source: `object=department&action=list`.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      description: 'Its name, as in `Subscriber.department` and the filter of `subscribers`.',
    }),
    domainName: t.exposeString('domain', { nullable: false, description: 'Name of its domain.' }),
  }),
});

const COST = `By name. Costs one upstream request. ${ROUND_COUNT}`;

const listAll = (domain: string, { netsapiens }: Context) => netsapiens.departments.listAll(domain);

builder.objectField(Domain, 'departments', (t) =>
  t.field({
    type: [Department],
    description: `The departments of the domain. ${COST}`,
    resolve: ({ name }, _args, context) => listAll(name, context),
  }),
);

builder.queryField('departments', (t) =>
  t.field({
    type: [Department],
    description: `The departments of a domain, the caller's own where none is named. ${COST}`,
    args: { domain: t.arg.string({ description: 'Name of a domain.' }) },
    resolve: async (_root, { domain }, context) => listAll(await domainNameOf(domain, context), context),
  }),
);
