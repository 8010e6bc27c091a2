/** Somebody in sales. Contacts name their owner by the key or the address. */
export interface Rep {
  key: string;
  name: string;
  email: string;
  phone?: string | undefined;
  /** Key of a chat endpoint. */
  chat?: string | undefined;
  meetingUrl?: string | undefined;
}

export interface Team {
  key: string;
  name: string;
  email?: string | undefined;
  phone?: string | undefined;
  /** Key of a chat endpoint. */
  chat?: string | undefined;
}

export interface Staff {
  reps: readonly Rep[];
  teams: readonly Team[];
}

/** Who is told, the first who has an address on the channel. */
export type Told = readonly (Rep | Team)[];

/** The rep whom a contact's `owner` names, by key or address, in any case. */
export function ownerAmong(reps: readonly Rep[], owner: string | null): Rep | null {
  const name = owner?.trim().toLowerCase();
  if (!name) return null;
  return reps.find(({ key, email }) => key === name || email.toLowerCase() === name) ?? null;
}

/** The team for what nobody owns: `sales`, else the first. */
export function teamInStead(teams: readonly Team[]): Team | null {
  return teams.find(({ key }) => key === 'sales') ?? teams[0] ?? null;
}

/** Whom `to` means: `owner` with the team in their stead, or a team by its key. */
export function staffFor(to: string, owner: string | null, { reps, teams }: Staff): Told {
  if (to !== 'owner') return teams.filter(({ key }) => key === to);
  return [ownerAmong(reps, owner), teamInStead(teams)].filter((one) => one !== null);
}

export function staffAddress(told: Told, channel: string): string | null {
  for (const one of told) {
    const address = { email: one.email, sms: one.phone, chat: one.chat }[channel];
    if (address) return address;
  }
  return null;
}
