/** Languages that a form may be in: what people read of it beside its author's own words. */
export const formLanguages = ['en', 'de', 'fr', 'es'] as const;
export type FormLanguage = (typeof formLanguages)[number];

/** What is wrong with an answer is the rest of a sentence that begins with the label. */
interface FormWords {
  send: string;
  optional: string;
  choose: string;
  /** Beside the input that only programs find. */
  leaveEmpty: string;
  thanks: string;
  received: string;
  /** Above a form that is shown again. */
  check: string;
  notSent: string;
  missing: string;
  unticked: string;
  /** Behind how many letters it may have. */
  tooLong: (most: number) => string;
  noChoice: string;
  noDate: string;
  noNumber: string;
  noAddress: string;
  /** Titles of pages on which there is no form, and what is said below. */
  noForm: string;
  closed: string;
  elsewhere: string;
  tooMany: string;
  tooLarge: string;
  failed: string;
  goBack: string;
}

export const formWords = {
  en: {
    ...{ send: 'Send', optional: '(optional)', choose: 'Choose', leaveEmpty: 'Leave this empty' },
    ...{ thanks: 'Thank you', received: 'We have received it.' },
    ...{ check: 'Please check', notSent: 'Nothing was sent yet:' },
    ...{ missing: 'is missing', unticked: 'must be ticked', tooLong: (most) => `has more than ${most} characters` },
    ...{ noChoice: 'is none of the choices', noDate: 'is not a date such as 2026-03-01' },
    ...{ noNumber: 'is not a number', noAddress: 'is not an e-mail address' },
    ...{ noForm: 'There is no such form', closed: 'This form is closed' },
    elsewhere: 'This form may not be sent from the page it stands on',
    tooMany: 'Too many at once: please try again in a minute',
    tooLarge: 'That is more than we can take',
    failed: 'That did not work: please try again in a moment',
    goBack: 'Nothing was sent. Go back, and what you filled in should still be there.',
  },
  de: {
    ...{ send: 'Absenden', optional: '(freiwillig)', choose: 'Bitte wählen', leaveEmpty: 'Dieses Feld leer lassen' },
    ...{ thanks: 'Vielen Dank', received: 'Ihre Angaben sind angekommen.' },
    ...{ check: 'Bitte prüfen', notSent: 'Es wurde noch nichts gesendet:' },
    ...{ missing: 'fehlt', unticked: 'muss angekreuzt sein', tooLong: (most) => `hat mehr als ${most} Zeichen` },
    ...{ noChoice: 'steht nicht zur Auswahl', noDate: 'ist kein Datum wie 2026-03-01' },
    ...{ noNumber: 'ist keine Zahl', noAddress: 'ist keine E-Mail-Adresse' },
    ...{ noForm: 'Dieses Formular gibt es nicht', closed: 'Dieses Formular ist geschlossen' },
    elsewhere: 'Von dieser Seite aus kann das Formular nicht gesendet werden',
    tooMany: 'Zu viele auf einmal: bitte in einer Minute noch einmal versuchen',
    tooLarge: 'Das ist mehr, als wir annehmen können',
    failed: 'Das hat nicht geklappt: bitte gleich noch einmal versuchen',
    goBack: 'Es wurde nichts gesendet. Gehen Sie zurück: Ihre Angaben sollten noch da sein.',
  },
  fr: {
    ...{ send: 'Envoyer', optional: '(facultatif)', choose: 'Choisir', leaveEmpty: 'Laisser ce champ vide' },
    ...{ thanks: 'Merci', received: 'Nous avons bien reçu vos réponses.' },
    ...{ check: 'À vérifier', notSent: 'Rien n’a encore été envoyé :' },
    ...{ missing: 'doit être rempli', unticked: 'doit être coché', tooLong: (most) => `a plus de ${most} caractères` },
    ...{ noChoice: 'n’est pas dans la liste', noDate: 'n’est pas une date comme 2026-03-01' },
    ...{ noNumber: 'n’est pas un nombre', noAddress: 'n’est pas une adresse e-mail' },
    ...{ noForm: 'Ce formulaire n’existe pas', closed: 'Ce formulaire est fermé' },
    elsewhere: 'Ce formulaire ne peut pas être envoyé depuis cette page',
    tooMany: 'Trop d’envois à la fois : veuillez réessayer dans une minute',
    tooLarge: 'C’est plus que nous ne pouvons recevoir',
    failed: 'Cela n’a pas fonctionné : veuillez réessayer dans un instant',
    goBack: 'Rien n’a été envoyé. Revenez en arrière : vos réponses devraient encore y être.',
  },
  es: {
    ...{ send: 'Enviar', optional: '(opcional)', choose: 'Elija una opción', leaveEmpty: 'Deje este campo vacío' },
    ...{ thanks: 'Gracias', received: 'Hemos recibido sus datos.' },
    ...{ check: 'Por favor, revise', notSent: 'Todavía no se ha enviado nada:' },
    ...{ missing: 'no puede quedar vacío', unticked: 'debe marcarse' },
    ...{ tooLong: (most) => `tiene más de ${most} caracteres`, noChoice: 'no está en la lista' },
    ...{ noDate: 'no es una fecha como 2026-03-01', noNumber: 'no es un número' },
    ...{ noAddress: 'no es una dirección de correo', noForm: 'Este formulario no existe' },
    closed: 'Este formulario está cerrado',
    elsewhere: 'Este formulario no se puede enviar desde esta página',
    tooMany: 'Demasiados envíos a la vez: inténtelo de nuevo en un minuto',
    tooLarge: 'Es más de lo que podemos recibir',
    failed: 'No ha funcionado: inténtelo de nuevo en un momento',
    goBack: 'No se ha enviado nada. Vuelva atrás: sus datos deberían seguir ahí.',
  },
} as const satisfies Record<FormLanguage, FormWords>;

export function wordsOf({ language = 'en' }: { language?: FormLanguage | undefined }): FormWords {
  return formWords[language];
}
