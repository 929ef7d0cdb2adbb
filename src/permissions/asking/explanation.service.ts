import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { Clock } from '../../common/clock.js';
import { Settings } from '../../config/settings.js';
import { groupPermissions } from '../holding/group.entity.js';
import { HoldingsReaderService } from '../holding/holdings-reader.service.js';
import { groupsAt } from '../holding/holdings.js';
import { type Explanation, explanationOf } from './explanation.js';
import { type Facts, FactsReaderService } from './facts-reader.service.js';
import { OwnDecisionsService } from './own-decisions.service.js';
import type { QuestionAbout } from './question.js';

/** Explains answers, from the tables. Whether somebody may ask about others is for the asking room to see to. */
@Injectable()
export class ExplanationService {
  constructor(
    private readonly facts: FactsReaderService,
    private readonly own: OwnDecisionsService,
    private readonly holdings: HoldingsReaderService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Groups are named that the asker is in, or may view. Undefined: there is no such subject. */
  async explain(asker: Principal, question: QuestionAbout): Promise<Explanation | undefined> {
    const facts = await this.facts.read(question);
    if (facts === undefined) return undefined;
    const { subject, permission, objectId } = question;
    const known = await this.knownTo(asker, facts);
    const isOwn = subject.type === 'user' && subject.id === asker.user.id;
    return explanationOf(facts, {
      subject,
      permission,
      objectId,
      scopes: isOwn ? asker.scopes : undefined,
      everybody: this.settings.anonymousPermissions,
      now: this.clock.millis(),
      mayKnow: (groupId) => known.has(groupId),
    });
  }

  private async knownTo(asker: Principal, { groupNames }: Facts): Promise<ReadonlySet<string>> {
    const ids = [...groupNames.keys()];
    const questions = ids.map((objectId) => ({ permission: groupPermissions.view, objectId }));
    const viewable = await this.own.decide(asker, questions);
    const held = await this.holdings.read({ type: 'user', id: asker.user.id });
    return new Set([...groupsAt(held, this.clock.millis()), ...ids.filter((_, i) => viewable[i])]);
  }
}
