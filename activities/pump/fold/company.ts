import { belonging } from '../../../workflows/domain/people/belong';
import { companyDomainOf } from '../../../workflows/domain/people/company-domain';
import { groupOf } from '../../../workflows/domain/people/group';
import type { Folding, Learned } from './folding';

/** Makes the contact one of its company, and fills from this what is empty or came from it before. */
export function learnCompany({ subject, event }: Folding, learned: Learned): void {
  const { profile, companies } = subject;
  if (companies.byId.size === 0) return;
  const said = groupOf(event);
  const address = typeof profile.fields.email === 'string' ? companyDomainOf(profile.fields.email) : null;
  const named = {
    group: said === null ? null : (companies.byKey.get(`group:${said.groupId}`) ?? null),
    domain: address === null ? null : (companies.byKey.get(`domain:${address}`) ?? null),
  };
  const found = belonging(profile, named, companies.byId);
  if (!found) return;
  const { companyId, changed, origins } = found;
  profile.companyId = companyId;
  Object.assign(profile.fields, changed);
  Object.assign(learned, changed);
  profile.origins = origins;
}
