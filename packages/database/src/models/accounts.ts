import type { Role } from '@paikea/domain'
import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize'
import { DataTypes } from 'sequelize'

import {
  bigId,
  flag,
  id,
  integer,
  integerOrNull,
  json,
  now,
  text,
  textOrNull,
  time,
  timeOrNull,
  fresh,
} from './columns.ts'

/** A crew, a project, an organisation: a device belongs to one, people are members with a role. */
export class Group extends Model<InferAttributes<Group>, InferCreationAttributes<Group>> {
  declare id: CreationOptional<number>
  declare name: string
  declare createdAt: CreationOptional<Date>
}

export function defineGroup(sequelize: Sequelize): ModelStatic<Group> {
  return class extends Group {}.init(fresh({ id, name: text(100), createdAt: now }), {
    sequelize,
    modelName: 'group',
    tableName: 'groups',
  })
}

/** Somebody who logs in. `email` is kept in lower case. */
export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<number>
  declare email: string
  declare passwordHash: string
  declare displayName: string
  declare isSystemAdmin: CreationOptional<boolean>
  declare disabledAt: CreationOptional<Date | null>
  declare createdAt: CreationOptional<Date>
}

export function defineUser(sequelize: Sequelize): ModelStatic<User> {
  return class extends User {}.init(
    fresh({
      id,
      email: text(254),
      passwordHash: text(255),
      displayName: text(100),
      isSystemAdmin: flag,
      disabledAt: timeOrNull,
      createdAt: now,
    }),
    { sequelize, modelName: 'user', tableName: 'users' },
  )
}

export class Membership extends Model<InferAttributes<Membership>, InferCreationAttributes<Membership>> {
  declare userId: number
  declare groupId: number
  declare role: Role
}

export function defineMembership(sequelize: Sequelize): ModelStatic<Membership> {
  return class extends Membership {}.init(
    fresh({
      userId: { type: DataTypes.INTEGER, primaryKey: true },
      groupId: { type: DataTypes.INTEGER, primaryKey: true },
      role: text(16),
    }),
    { sequelize, modelName: 'membership', tableName: 'memberships' },
  )
}

/** A browser that is logged in. Only the hash of its cookie is kept. */
export class Session extends Model<InferAttributes<Session>, InferCreationAttributes<Session>> {
  declare id: CreationOptional<number>
  declare tokenHash: string
  declare csrfToken: string
  declare userId: number
  declare createdAt: CreationOptional<Date>
  declare lastSeenAt: CreationOptional<Date>
  declare expiresAt: Date
}

export function defineSession(sequelize: Sequelize): ModelStatic<Session> {
  return class extends Session {}.init(
    fresh({
      id,
      tokenHash: text(64),
      csrfToken: text(64),
      userId: integer,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: time,
    }),
    { sequelize, modelName: 'session', tableName: 'sessions' },
  )
}

/** A program's key. Only its hash is kept. `groupId` null with `isSystemAdmin` = all groups. */
export class ApiToken extends Model<InferAttributes<ApiToken>, InferCreationAttributes<ApiToken>> {
  declare id: CreationOptional<number>
  declare name: string
  declare tokenHash: string
  declare groupId: CreationOptional<number | null>
  declare role: Role
  declare isSystemAdmin: CreationOptional<boolean>
  declare createdByUserId: CreationOptional<number | null>
  declare createdAt: CreationOptional<Date>
  declare lastUsedAt: CreationOptional<Date | null>
  declare expiresAt: CreationOptional<Date | null>
  declare revokedAt: CreationOptional<Date | null>
}

export function defineApiToken(sequelize: Sequelize): ModelStatic<ApiToken> {
  return class extends ApiToken {}.init(
    fresh({
      id,
      name: text(100),
      tokenHash: text(64),
      groupId: integerOrNull,
      role: text(16),
      isSystemAdmin: flag,
      createdByUserId: integerOrNull,
      createdAt: now,
      lastUsedAt: timeOrNull,
      expiresAt: timeOrNull,
      revokedAt: timeOrNull,
    }),
    { sequelize, modelName: 'apiToken', tableName: 'api_tokens' },
  )
}

/** Who did what to which thing. `actor` is `user/<id>`, `token/<id>` or `system/<part>`. */
export class AuditLog extends Model<InferAttributes<AuditLog>, InferCreationAttributes<AuditLog>> {
  declare id: CreationOptional<number>
  declare at: CreationOptional<Date>
  declare actor: string
  declare action: string
  declare subject: string
  declare detail: CreationOptional<unknown>
  declare groupId: CreationOptional<number | null>
}

export function defineAuditLog(sequelize: Sequelize): ModelStatic<AuditLog> {
  return class extends AuditLog {}.init(
    fresh({
      id: bigId,
      at: now,
      actor: text(120),
      action: text(64),
      subject: textOrNull(160),
      detail: json('detail'),
      groupId: integerOrNull,
    }),
    { sequelize, modelName: 'auditLog', tableName: 'audit_log' },
  )
}
