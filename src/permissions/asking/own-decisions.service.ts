import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { PermissionsService } from '../permissions.service.js';
import { DecisionsService } from './decisions.service.js';
import type { Question } from './question.js';

/** Answers many questions of somebody about herself: `allows`, with at most two queries for all of them. */
@Injectable()
export class OwnDecisionsService {
  constructor(
    private readonly permissions: PermissionsService,
    private readonly decisions: DecisionsService,
  ) {}

  async decide(asker: Principal, questions: readonly Question[]): Promise<readonly boolean[]> {
    const peek = ({ permission, objectId }: Question) =>
      this.permissions.peek(asker, permission, objectId);
    const unknown = questions.find((question) => peek(question) === undefined);
    // Puts in memory what she holds on all objects, which answers most of them. Scopes on one object do not come in its way.
    if (unknown !== undefined) {
      await this.permissions.allows({ user: asker.user }, unknown.permission);
    }
    const known = questions.map(peek);
    const subject = { type: 'user', id: asker.user.id } as const;
    const open = questions.filter((_, i) => known[i] === undefined);
    const rest = await this.decisions.decide(open.map((question) => ({ ...question, subject })));
    const answers = rest.values();
    return known.map((answer) => answer ?? answers.next().value ?? false);
  }
}
