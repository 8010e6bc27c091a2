import { companyFor, filledFrom } from '../../../workflows/domain/people/belong';
import { companyDomainOf } from '../../../workflows/domain/people/company-domain';
import { groupOf } from '../../../workflows/domain/people/group';
import { withOrigin } from '../../../workflows/domain/people/origins';
import type { Folding, Learned } from './folding';

/** Makes the contact one of its company, and fills from this what is empty or came from it before. */
export function learnCompany({ subject, event }: Folding, learned: Learned): void {
  const { profile, companies } = subject;
  if (companies.byId.size === 0) return;
  const said = groupOf(event);
  const address = typeof profile.fields.email === 'string' ? companyDomainOf(profile.fields.email) : null;
  const found = companyFor(profile, {
    group: said === null ? null : (companies.byKey.get(`group:${said.groupId}`) ?? null),
    domain: address === null ? null : (companies.byKey.get(`domain:${address}`) ?? null),
  });
  if (found) profile.origins = withOrigin(profile.origins, 'companyId', { from: found.by });
  const id = found?.id ?? profile.companyId;
  // By the id it had, one that turned out to be another company is found as that.
  const company = id === null ? undefined : companies.byId.get(id);
  if (!company) return;
  profile.companyId = company.id;
  const { changed, origins } = filledFrom(profile, company);
  Object.assign(profile.fields, changed);
  Object.assign(learned, changed);
  profile.origins = origins;
}
