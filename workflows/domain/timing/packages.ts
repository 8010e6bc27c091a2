// Both packages are CommonJS, and are asked for when they are first needed: the holidays take 100 ms to load, and the
// countries have types of an ES module, which a plain import of ours would not be allowed to see.
declare const require: (name: string) => unknown;

interface Country {
  id: string;
  name: string;
  timezones: string[];
}

export interface Countries {
  getAllCountries(): Record<string, Country>;
}

export interface PublicHoliday {
  name: string;
  /** With the time zone UTC: local time, as if it were UTC. */
  start: Date;
  end: Date;
}

export type Holidays = new (
  country: string,
  options: { types: string[]; timezone: string; languages?: string[] },
) => {
  /** Empty for a country that it does not know. */
  getHolidays(year: number): PublicHoliday[];
};

export function countriesPackage(): Countries {
  return require('countries-and-timezones') as Countries;
}

export function holidaysPackage(): Holidays {
  return require('date-holidays') as Holidays;
}
