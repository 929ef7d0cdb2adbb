import { known, type PermissionName } from '../../access/permission-name.js';
import type { FieldError } from '../../common/failure.js';
import { ValidationFailed } from '../../common/failures.js';
import type { Holder } from '../holding/rights.service.js';

/** Whether somebody holds a permission: on every object, or on one. */
export interface Question {
  readonly permission: PermissionName;
  readonly objectId?: string;
}

/** The same about a certain one. */
export interface QuestionAbout extends Question {
  readonly subject: Holder;
}

/** A thing as it is named in a request. */
export interface NamedObject {
  readonly type: string;
  readonly id: string;
}

/** A question as it came, whose permission is known to exist. */
export interface Asked {
  readonly permission: string;
  readonly object?: NamedObject;
}

/**
 * The question, if the object is of the kind that the permission is about.
 *
 * @param place of the question in the body: `3.`
 * @throws ValidationFailed
 */
export function questionOf({ permission, object }: Asked, place = ''): Question {
  const { name } = known(permission);
  if (object !== undefined && object.type !== name) {
    throw new ValidationFailed({ errors: [wrongKind(place, name)] });
  }
  return {
    permission: permission as PermissionName,
    ...(object !== undefined && { objectId: object.id }),
  };
}

const wrongKind = (place: string, kind: string): FieldError => ({
  field: `${place}object.type`,
  code: 'wrong_kind',
  message: `The permission is about objects of the kind ${kind}.`,
  params: { kind },
});
