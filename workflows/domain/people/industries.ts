import { NameIndex } from './fold';

export interface Industry {
  key: string;
  name: string;
  /** What people call it, in several languages. */
  also: readonly string[];
}

/** The declared list. Settings add to it. */
export const industries: readonly Industry[] = [
  {
    key: 'saas',
    name: 'SaaS',
    also: called(`
      software as a service, software-as-a-service, b2b saas, cloud software, cloud computing`),
  },
  {
    key: 'software',
    name: 'Software',
    also: called(`
      computer software, software development, software company, softwareentwicklung, logiciel, logiciels,
      édition de logiciels, desarrollo de software, informática`),
  },
  {
    key: 'it-services',
    name: 'IT services',
    also: called(`
      information technology, information technology and services, it, it consulting, it-dienstleistungen,
      informatik, edv, services informatiques, servicios informáticos, tecnología, technology, tech,
      informatique, computer services`),
  },
  {
    key: 'financial-services',
    name: 'Financial services',
    also: called(`
      finance, financial, banking, bank, banks, fintech, investment, investment management,
      finanzdienstleistungen, finanzen, bankwesen, banken, banque, services financiers, banca,
      servicios financieros, finanzas`),
  },
  {
    key: 'insurance',
    name: 'Insurance',
    also: called(`
      versicherung, versicherungen, assurance, assurances, seguros, insurtech`),
  },
  {
    key: 'manufacturing',
    name: 'Manufacturing',
    also: called(`
      industrial, industry, machinery, mechanical engineering, industrial manufacturing, fertigung,
      produktion, maschinenbau, verarbeitendes gewerbe, industrie, fabrication, fabricación, manufactura,
      industria`),
  },
  {
    key: 'automotive',
    name: 'Automotive',
    also: called(`
      cars, automobile, automobil, automobilindustrie, fahrzeugbau, automoción, sector automotriz`),
  },
  {
    key: 'healthcare',
    name: 'Healthcare',
    also: called(`
      health, health care, hospital, hospitals, medical, hospital & health care, gesundheitswesen,
      gesundheit, krankenhaus, santé, salud, sanidad`),
  },
  {
    key: 'pharma',
    name: 'Pharma and life sciences',
    also: called(`
      pharmaceuticals, pharmaceutical, life sciences, biotech, biotechnology, pharmaindustrie,
      biotechnologie, pharmacie, farmacéutica, biotecnología`),
  },
  {
    key: 'education',
    name: 'Education',
    also: called(`
      higher education, e-learning, edtech, university, universities, school, schools, bildung, hochschule,
      universität, schule, éducation, enseignement, université, educación, universidad, enseñanza`),
  },
  {
    key: 'government',
    name: 'Government',
    also: called(`
      public sector, public administration, government administration, öffentliche verwaltung,
      öffentlicher dienst, behörde, verwaltung, secteur public, administration publique, gouvernement,
      gobierno, sector público, administración pública`),
  },
  {
    key: 'nonprofit',
    name: 'Nonprofit',
    also: called(`
      non-profit, non profit, ngo, charity, nonprofit organization management, gemeinnützig, verein,
      stiftung, association, ong, sans but lucratif, sin ánimo de lucro, fundación`),
  },
  {
    key: 'retail',
    name: 'Retail',
    also: called(`
      e-commerce, ecommerce, online retail, consumer goods retail, handel, einzelhandel, onlinehandel,
      commerce, commerce de détail, vente au détail, comercio, comercio minorista, venta al por menor`),
  },
  {
    key: 'wholesale',
    name: 'Wholesale',
    also: called(`
      distribution, trading, grosshandel, großhandel, commerce de gros, comercio mayorista,
      venta al por mayor`),
  },
  {
    key: 'consumer-goods',
    name: 'Consumer goods',
    also: called(`
      fmcg, cpg, consumer products, food, food & beverages, food and beverage, konsumgüter, lebensmittel,
      nahrungsmittel, biens de consommation, agroalimentaire, bienes de consumo, alimentación`),
  },
  {
    key: 'logistics',
    name: 'Logistics and transport',
    also: called(`
      transport, transportation, shipping, freight, supply chain, logistics and supply chain, logistik,
      spedition, verkehr, logistique, transports, logística, transporte`),
  },
  {
    key: 'construction',
    name: 'Construction',
    also: called(`
      building, civil engineering, bau, bauwesen, baugewerbe, bauindustrie, btp, bâtiment, construcción`),
  },
  {
    key: 'real-estate',
    name: 'Real estate',
    also: called(`
      property, commercial real estate, proptech, immobilien, immobilier, inmobiliaria, bienes raíces,
      sector inmobiliario`),
  },
  {
    key: 'energy',
    name: 'Energy and utilities',
    also: called(`
      utilities, oil and gas, oil & gas, oil & energy, renewables, renewable energy, power, energie,
      versorger, erneuerbare energien, énergie, énergies renouvelables, energía, energías renovables`),
  },
  {
    key: 'telecommunications',
    name: 'Telecommunications',
    also: called(`
      telecom, telco, telekommunikation, télécommunications, télécoms, telecomunicaciones`),
  },
  {
    key: 'media',
    name: 'Media and entertainment',
    also: called(`
      publishing, entertainment, broadcasting, gaming, games, medien, verlag, verlagswesen, unterhaltung,
      médias, édition, divertissement, medios, medios de comunicación, editorial, entretenimiento`),
  },
  {
    key: 'marketing',
    name: 'Marketing and advertising',
    also: called(`
      advertising, agency, marketing agency, marketing & advertising, public relations, werbung, agentur,
      werbeagentur, publicité, agence, publicidad, agencia, agencia de marketing`),
  },
  {
    key: 'consulting',
    name: 'Consulting',
    also: called(`
      management consulting, business consulting, consultancy, beratung, unternehmensberatung, conseil,
      cabinet de conseil, consultoría`),
  },
  {
    key: 'professional-services',
    name: 'Professional services',
    also: called(`
      accounting, legal, law, law firm, legal services, law practice, tax, steuerberatung, rechtsanwalt,
      kanzlei, wirtschaftsprüfung, juridique, comptabilité, cabinet d’avocats, contabilidad, abogados,
      servicios profesionales, services professionnels`),
  },
  {
    key: 'staffing',
    name: 'Staffing and HR',
    also: called(`
      human resources, recruiting, recruitment, staffing and recruiting, personalvermittlung, zeitarbeit,
      personaldienstleistung, recrutement, ressources humaines, recursos humanos, selección de personal`),
  },
  {
    key: 'hospitality',
    name: 'Travel and hospitality',
    also: called(`
      travel, tourism, hotel, hotels, restaurants, restaurant, leisure, leisure travel & tourism,
      gastgewerbe, tourismus, reisen, gastronomie, hotellerie, hôtellerie, tourisme, voyage, turismo,
      hostelería, viajes`),
  },
  {
    key: 'agriculture',
    name: 'Agriculture',
    also: called(`
      farming, forestry, agtech, landwirtschaft, forstwirtschaft, agrar, agricultura, ganadería`),
  },
  {
    key: 'chemicals',
    name: 'Chemicals and materials',
    also: called(`
      chemical, chemistry, plastics, materials, mining, metals, chemie, chemieindustrie, kunststoffe,
      bergbau, chimie, química, minería`),
  },
  {
    key: 'aerospace-defense',
    name: 'Aerospace and defense',
    also: called(`
      aerospace, aviation, defense, defence, aviation & aerospace, luftfahrt, luft- und raumfahrt,
      raumfahrt, rüstung, aéronautique, défense, aeroespacial, defensa, aviación`),
  },
  {
    key: 'electronics',
    name: 'Electronics and hardware',
    also: called(`
      hardware, semiconductors, computer hardware, consumer electronics, elektronik, elektrotechnik,
      halbleiter, électronique, electrónica, semiconductores, semi-conducteurs`),
  },
];

/** A list in one text, so that it can be read and kept up. */
function called(names: string): string[] {
  return names.split(',').map((name) => name.trim());
}

const indexes = new WeakMap<readonly Industry[], NameIndex>();

/** The key of an industry, by its key, its name, or what people call it. `added` win over the declared list. Else null. */
export function industryOf(text: string, added: readonly Industry[] = []): string | null {
  return indexFor(added).find(text) ?? indexFor(industries).find(text);
}

function indexFor(list: readonly Industry[]): NameIndex {
  const known = indexes.get(list);
  if (known) return known;
  const index = new NameIndex();
  for (const { also, key } of list) for (const name of also) index.add(name, key);
  for (const { key, name } of list) {
    index.set(name, key);
    index.set(key, key);
  }
  indexes.set(list, index);
  return index;
}
