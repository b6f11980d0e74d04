import { builder, type BuilderTypes } from '../builder.ts';
import type { Audit as AuditModel } from '../upstream/cloudlink/audit.ts';

const Audit = builder.objectRef<AuditModel>('Audit').implement({
  description: 'Who made and last changed something in CloudLink, and when.',
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    createdBy: t.exposeString('createdBy', {
      description: "CloudLink's id of the user or client that made it.",
    }),
    modifiedAt: t.expose('modifiedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    modifiedBy: t.exposeString('modifiedBy', {
      description: "CloudLink's id of the user or client that changed it.",
    }),
  }),
});

/** The `audit` field that every CloudLink resource has. */
export const auditField = <Model extends AuditModel>(
  t: PothosSchemaTypes.ObjectFieldBuilder<BuilderTypes, Model>,
) =>
  t.field({
    type: Audit,
    nullable: false,
    description: 'Who made and last changed it, and when.',
    resolve: (model) => model,
  });
