import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import type { Caller } from '../../common/http/caller.js';
import { DecisionsService } from '../../permissions/asking/decisions.service.js';
import { OwnDecisionsService } from '../../permissions/asking/own-decisions.service.js';
import { type Asked, questionOf } from '../../permissions/asking/question.js';
import type { Holder } from '../../permissions/holding/rights.service.js';
import { InquiriesService, isSelf, subjectOf } from './inquiries.service.js';

/** Answers lists of questions, whomever they are about, with a number of queries that does not grow with them. */
@Injectable()
export class ChecksService {
  constructor(
    private readonly inquiries: InquiriesService,
    private readonly own: OwnDecisionsService,
    private readonly decisions: DecisionsService,
  ) {}

  /** In the order of the questions. @throws PermissionDenied, ValidationFailed */
  async check(
    asker: Principal,
    asked: readonly (Asked & { readonly subject?: Holder })[],
    caller: Caller,
  ): Promise<readonly boolean[]> {
    const questions = asked.map((each, i) => ({
      ...questionOf(each, `${String(i)}.`),
      subject: subjectOf(asker, each.subject),
    }));
    const subjects = questions.map(({ subject }) => subject);
    await this.inquiries.mayAskAbout(asker, subjects, caller);
    const isOwn = subjects.map((subject) => isSelf(asker, subject));
    const own = await this.own.decide(
      asker,
      questions.filter((_, i) => isOwn[i]),
    );
    const others = await this.decisions.decide(questions.filter((_, i) => !isOwn[i]));
    const [mine, theirs] = [own.values(), others.values()];
    return isOwn.map((ownOne) => (ownOne ? mine : theirs).next().value ?? false);
  }
}
